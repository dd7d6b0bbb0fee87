//! Finds a line that somebody remembers in what was heard, by how its words sound.

use super::sound::words_of;
use super::text::Line;

/// A query has at most so many words; more make it no clearer.
const LONGEST_QUERY: usize = 16;

/// What a missing or an added word costs, where a word that is there counts 1.
const GAP: f32 = 0.15;

/// How much a word counts whose code differs in one place.
const NEARLY: f32 = 0.6;

/// Codes shorter than this are alike by accident.
const SHORTEST_NEARLY: usize = 3;

/// A line is found if so large a share of the query is in it.
const LEAST_SHARE: f32 = 0.7;

/// A line that somebody remembers, as sounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundQuery(Vec<String>);

impl SoundQuery {
    /// `None` if the text has no words.
    pub fn new(text: &str) -> Option<Self> {
        let codes: Vec<String> =
            words_of(text).into_iter().take(LONGEST_QUERY).map(|word| word.code).collect();
        (!codes.is_empty()).then_some(Self(codes))
    }

    /// The codes of the words, in order.
    pub fn codes(&self) -> &[String] {
        &self.0
    }
}

/// Returns the line in which the query begins where it is found best, and the share of it that is there, 0..=1. `None` if
/// too little of it is anywhere. The query may cross from one line to the next.
pub fn found_line(query: &SoundQuery, lines: &[Line]) -> Option<(usize, f32)> {
    let words: Vec<(usize, String)> = lines
        .iter()
        .enumerate()
        .flat_map(|(index, line)| words_of(line.text).into_iter().map(move |word| (index, word.code)))
        .collect();
    // Local alignment (Smith and Waterman, 1981). A cell is the best sum of a passage that ends there and the line in which
    // that passage begins.
    let codes = query.codes();
    let mut row = vec![(0.0_f32, usize::MAX); codes.len() + 1];
    let mut best = (0.0, usize::MAX);
    for (line, word) in &words {
        let mut diagonal = row[0];
        for (place, code) in codes.iter().enumerate() {
            let begun = if diagonal.0 > 0.0 { diagonal.1 } else { *line };
            let value = alike(code, word);
            let met = if value > 0.0 { (diagonal.0 + value, begun) } else { (0.0, usize::MAX) };
            let skipped = [row[place], row[place + 1]].map(|(sum, begun)| ((sum - GAP).max(0.0), begun));
            diagonal = row[place + 1];
            row[place + 1] = [met, skipped[0], skipped[1]]
                .into_iter()
                .fold((0.0, usize::MAX), |a, b| if b.0 > a.0 { b } else { a });
            if row[place + 1].0 > best.0 {
                best = row[place + 1];
            }
        }
    }
    let share = best.0 / codes.len() as f32;
    (share >= LEAST_SHARE).then_some((best.1, share.min(1.0)))
}

/// How much one code counts as another.
fn alike(one: &str, other: &str) -> f32 {
    if one == other {
        return 1.0;
    }
    let is_long = one.len().min(other.len()) >= SHORTEST_NEARLY;
    if is_long && differ_in_one_place(one.as_bytes(), other.as_bytes()) { NEARLY } else { 0.0 }
}

/// Whether one letter replaced, added or left out makes one code the other.
fn differ_in_one_place(one: &[u8], other: &[u8]) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    match long.len() - short.len() {
        0 => short[same..].get(1..) == long[same..].get(1..),
        1 => short[same..] == long[same + 1..],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::tests::lines;
    use super::*;

    const SONG: [(&str, f32); 4] = [
        ("The reefer runs down to the sea tonight", -0.4),
        ("and I will follow at home", -0.4),
        ("Seven wide horses where standing", -0.4),
        ("in the rain", -0.4),
    ];

    fn found(query: &str) -> Option<usize> {
        found_line(&SoundQuery::new(query).unwrap(), &lines(&SONG)).map(|(line, _)| line)
    }

    #[test]
    fn a_line_is_found_as_it_is_remembered_however_it_was_heard() {
        assert_eq!(found("the river runs down to the sea"), Some(0));
        assert_eq!(
            found("seven white horses were standing in the rain"),
            Some(2),
            "from one line to the next"
        );
        assert_eq!(found("follow it home"), Some(1));
        assert_eq!(found("HORSES"), Some(2));
        assert_eq!(found("seven little horses were standing"), Some(2), "a word too many");
    }

    #[test]
    fn other_lines_are_not_found() {
        assert_eq!(found("give me the morning and give me the bread"), None);
        assert_eq!(found("elephant"), None);
        assert_eq!(SoundQuery::new("... !"), None);
        assert_eq!(found_line(&SoundQuery::new("river").unwrap(), &[]), None);
    }

    #[test]
    fn one_place_makes_codes_nearly_alike_and_two_do_not() {
        for (one, other) in [("RFR", "RPR"), ("RFR", "RFRS"), ("FRF", "RF"), ("ABC", "ABCD")] {
            assert!(differ_in_one_place(one.as_bytes(), other.as_bytes()), "{one} {other}");
        }
        for (one, other) in [("RFR", "PRR"), ("RFR", "RFRST"), ("ABC", "CBA")] {
            assert!(!differ_in_one_place(one.as_bytes(), other.as_bytes()), "{one} {other}");
        }
    }
}
