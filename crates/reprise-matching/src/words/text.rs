//! A transcript as terms: its distinct runs of six letters, without regard to spaces, so that a loop counts once.

use std::collections::HashMap;

use super::letters::letters;

/// Letters in a term.
pub(super) const TERM_LETTERS: usize = 6;

/// Mean log-probabilities of a segment: up to the first it counts nothing, from the second fully.
const IGNORED: f32 = -2.0;
const BELIEVED: f32 = -1.0;

/// A run of six letters or digits, as a number to the base 36.
pub type Term = u32;

/// A line of a transcript.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line<'a> {
    /// Where it starts, in seconds.
    pub start_s: f32,
    /// Where it ends, in seconds.
    pub end_s: f32,
    /// The words.
    pub text: &'a str,
    /// Mean log-probability: 0 where the recogniser is sure.
    pub log_probability: f32,
}

/// What is heard in one track.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Text {
    /// Each term and how far the recogniser is believed in it, above 0 and up to 1; in ascending order.
    pub terms: Vec<(Term, f32)>,
    /// Code of the language.
    pub language: String,
    /// The probability of the language.
    pub sureness: f32,
}

impl Text {
    /// The text of lines that follow one another. A term counts by its best place.
    pub fn new(lines: &[Line], language: &str, sureness: f32) -> Self {
        let mut best: HashMap<Term, f32> = HashMap::new();
        for place in placed_terms(lines) {
            if place.belief > 0.0 {
                let belief = best.entry(place.term).or_default();
                *belief = belief.max(place.belief);
            }
        }
        let mut terms: Vec<(Term, f32)> = best.into_iter().collect();
        terms.sort_unstable_by_key(|(term, _)| *term);
        Self { terms, language: language.to_owned(), sureness }
    }
}

/// A term where it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PlacedTerm {
    pub term: Term,
    /// The least belief in one of its letters.
    pub belief: f32,
    /// The line in which it begins.
    pub line: usize,
    /// Where it begins, in seconds.
    pub start_s: f32,
}

/// The terms of lines in their order, also those that cross from one line to the next.
pub(super) fn placed_terms(lines: &[Line]) -> Vec<PlacedTerm> {
    let mut all = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let belief = ((line.log_probability - IGNORED) / (BELIEVED - IGNORED)).clamp(0.0, 1.0);
        let letters = letters(line.text);
        let step_s = (line.end_s - line.start_s) / letters.len().max(1) as f32;
        all.extend(letters.into_iter().enumerate().map(|(place, letter)| {
            (
                letter,
                PlacedTerm { term: 0, belief, line: index, start_s: line.start_s + place as f32 * step_s },
            )
        }));
    }
    all.windows(TERM_LETTERS)
        .map(|letters| PlacedTerm {
            term: letters.iter().fold(0, |term, (letter, _)| term * 36 + digit(*letter)),
            belief: letters.iter().fold(1.0, |least, (_, place)| least.min(place.belief)),
            ..letters[0].1
        })
        .collect()
}

/// A letter or digit as a number below 36.
fn digit(letter: u8) -> Term {
    char::from(letter).to_digit(36).unwrap_or(0)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// Lines of three seconds each.
    pub fn lines<'a>(texts: &[(&'a str, f32)]) -> Vec<Line<'a>> {
        let line = |(index, (text, log_probability)): (usize, &(&'a str, f32))| Line {
            start_s: 3.0 * index as f32,
            end_s: 3.0 * (index + 1) as f32,
            text,
            log_probability: *log_probability,
        };
        texts.iter().enumerate().map(line).collect()
    }

    pub fn text(words: &str) -> Text {
        Text::new(&lines(&[(words, -0.2)]), "en", 0.9)
    }

    /// The slow twin: strings of six letters in a map.
    fn slow(texts: &[(&str, f32)]) -> BTreeMap<String, f32> {
        let belief = |log_probability: f32| (log_probability + 2.0).clamp(0.0, 1.0);
        let all: Vec<(char, f32)> = texts
            .iter()
            .flat_map(|(text, p)| {
                text.to_lowercase()
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .map(|c| (c, belief(*p)))
                    .collect::<Vec<_>>()
            })
            .collect();
        let mut found = BTreeMap::new();
        for start in 0..all.len().saturating_sub(5) {
            let run = &all[start..start + 6];
            let believed = run.iter().map(|one| one.1).fold(1.0, f32::min);
            if believed > 0.0 {
                let entry = found.entry(run.iter().map(|one| one.0).collect()).or_insert(believed);
                *entry = entry.max(believed);
            }
        }
        found
    }

    #[test]
    fn terms_are_the_runs_of_six_letters_and_count_by_their_best_place() {
        let texts =
            [("La la la la la", -1.5), ("the River runs", -0.3), ("the river", -1.25), ("mumble on", -3.0)];
        let expected = slow(&texts);
        let found = Text::new(&lines(&texts), "en", 0.9);
        assert_eq!(found.terms.len(), expected.len());
        let spelled = |term: Term| -> String {
            (0..6).rev().map(|place| char::from_digit(term / 36u32.pow(place) % 36, 36).unwrap()).collect()
        };
        for (term, belief) in &found.terms {
            assert!((belief - expected[&spelled(*term)]).abs() < 1e-6, "{}", spelled(*term));
        }
        assert!(found.terms.is_sorted_by(|one, next| one.0 < next.0));
        assert_eq!(expected["lalala"], 0.5);
        assert!(!expected.contains_key("mumble"), "what the recogniser guesses is no term");
    }

    #[test]
    fn short_and_empty_texts_have_no_terms() {
        assert!(text("oh no").terms.is_empty() && Text::new(&[], "", 0.0).terms.is_empty());
        assert_eq!(text("oh no no").terms.len(), 1);
        let distinct: BTreeSet<Term> = text("zzzzzz 999999").terms.iter().map(|one| one.0).collect();
        assert_eq!(distinct.len(), 7);
    }

    #[test]
    fn terms_stand_where_they_are_sung() {
        let placed = placed_terms(&lines(&[("abcdef", 0.0), ("ghijkl", 0.0)]));
        let places: Vec<_> = placed.iter().map(|one| (one.line, one.start_s)).collect();
        assert_eq!(places, [(0, 0.0), (0, 0.5), (0, 1.0), (0, 1.5), (0, 2.0), (0, 2.5), (1, 3.0)]);
    }
}
