//! Text for a page of XML: escapes it and shortens it to the available space.

/// Text escaped for an element or an attribute. Characters that XML does not allow, such as control characters, are
/// left out.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Text that is at most `room` wide at `size`, as far as that can be estimated without its font. Longer text is cut and
/// ends in an ellipsis.
pub(crate) fn shortened(text: &str, size: f64, room: f64) -> String {
    if text.chars().map(width).sum::<f64>() * size <= room {
        return text.to_owned();
    }
    let mut left = room / size - width('…');
    let fits = |c: &char| {
        left -= width(*c);
        left >= 0.0
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{}…", kept.trim_end())
}

/// The width of a character in ems, rather too large than too small: characters from Hangul on count as square.
fn width(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | 'I' | ' ' | '.' | ',' | '\'' | '(' | ')' | ':' | '-' => 0.38,
        'm' | 'w' | 'M' | 'W' | '@' => 0.92,
        'A'..='Z' => 0.7,
        c if c >= '\u{1100}' => 1.0,
        _ => 0.58,
    }
}

/// "1 semitone", "2 semitones".
pub(crate) fn semitones(count: u8) -> String {
    format!("{count} semitone{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_the_page() {
        assert_eq!(escaped("R&B <\"live\">\n\u{1b}\u{0}"), "R&amp;B &lt;&quot;live&quot;&gt; ");
    }

    #[test]
    fn long_names_are_cut_to_their_place() {
        assert_eq!(shortened("Greensleeves", 10.0, 200.0), "Greensleeves");
        assert_eq!(shortened("Greensleeves", 10.0, 40.0), "Green…");
        assert_eq!(shortened("東京音頭東京音頭", 10.0, 40.0), "東京音…");
        assert_eq!(shortened("Greensleeves", 10.0, 0.0), "…");
    }
}
