//! Interprets what taggers write into fields: texts, years, numbers, ids.

/// Longer texts are cut: titles are short, and tags are sent through the pipe of a worker in one message.
const LONGEST_TEXT_CHARS: usize = 1000;

/// The largest number of works of a medley that is kept.
const MOST_WORKS: usize = 100;

/// The work ids in several texts, each once.
pub(super) fn work_ids(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut found = Vec::new();
    for text in texts {
        for id in ids(&text) {
            if found.len() < MOST_WORKS && !found.contains(&id) {
                found.push(id);
            }
        }
    }
    found
}

/// The UUIDs in a text. Some taggers join several with a slash, a semicolon or a zero.
pub(super) fn ids(text: &str) -> impl Iterator<Item = String> + '_ {
    let is_between = |c: char| matches!(c, '/' | ';' | ',' | '\0') || c.is_whitespace();
    text.split(is_between).filter(|id| is_uuid(id)).map(str::to_ascii_lowercase)
}

/// Whether it consists of five groups of 8, 4, 4, 4 and 12 hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    let groups =
        text.split('-').map(|group| group.chars().all(|c| c.is_ascii_hexdigit()).then_some(group.len()));
    groups.eq([8, 4, 4, 4, 12].map(Some))
}

/// The first part of the text that is not empty, trimmed and shortened.
pub(super) fn clean(text: &str) -> Option<String> {
    let first = text.split('\0').map(str::trim).find(|part| !part.is_empty())?;
    let cut: String = first.chars().take(LONGEST_TEXT_CHARS).collect();
    Some(cut.trim_end().to_owned())
}

/// The year in `2004-05-01`, `2004/05` or `01.05.2004`; `None` for `0000`.
pub(super) fn year(date: &str) -> Option<i32> {
    let of = |digits: &str| digits.parse().ok().filter(|&year: &i32| year > 0);
    let leading = date.get(..4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
    let mut numbers = date.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 4);
    leading.and_then(of).or_else(|| numbers.find_map(of))
}

/// The first number: `3/12` is the third of twelve.
pub(super) fn leading_number(text: &str) -> Option<u32> {
    text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_however_taggers_join_them() {
        let (a, b) = ("0f8a4ae2-5cd5-4a4b-8b5c-6a8b1c7d2e3f", "A2B3C4D5-0000-4000-8000-0123456789AB");
        let found: Vec<_> = ids(&format!("{a}; {b}/not-an-id\0")).collect();
        assert_eq!(found, [a.to_string(), b.to_lowercase()]);
    }

    #[test]
    fn years_and_numbers_are_read_from_what_taggers_write() {
        assert_eq!(["1987-04", "19870402", "2.4.1987"].map(year), [Some(1987); 3]);
        assert_eq!(["0000", "'87", "12", "unkn", "-987"].map(year), [None; 5]);
        assert_eq!([leading_number("3/12"), leading_number("A1"), leading_number("")], [Some(3), None, None]);
    }

    #[test]
    fn texts_are_trimmed_cut_and_never_empty() {
        assert_eq!(clean(" \0 Yes \0 No").as_deref(), Some("Yes"));
        assert_eq!(clean("  "), None);
        assert_eq!(clean(&"ü".repeat(5000)).unwrap().chars().count(), LONGEST_TEXT_CHARS);
        let cut_at_a_space = format!("{} and more", "ü".repeat(LONGEST_TEXT_CHARS - 1));
        assert_eq!(clean(&cut_at_a_space).unwrap(), "ü".repeat(LONGEST_TEXT_CHARS - 1));
    }
}
