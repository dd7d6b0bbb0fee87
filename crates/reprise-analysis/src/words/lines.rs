//! The text of a segment as lines with times.
//!
//! The recogniser says what is sung in a segment, not when. Words are placed evenly, by their letters, over the passages of
//! the segment; pauses are left out of it before, so that a word is rarely more than a few seconds from its place.

use std::ops::Range;

use reprise_features::words::WordsSpec;
use reprise_inference::Said;

/// A line has no more words than this, as lines of verse have.
const LONGEST_WORDS: usize = 10;

/// A sentence ends a line of this many words, a comma one of this many.
const SENTENCE_WORDS: usize = 3;
const CLAUSE_WORDS: usize = 5;

/// A line of what is sung.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Where it starts, in seconds of the track; approximate.
    pub start_s: f32,
    /// Where it ends.
    pub end_s: f32,
    /// The words as heard.
    pub text: String,
    /// Mean log-probability of the segment that it is part of: 0 where the recogniser is sure.
    pub log_probability: f32,
}

/// The lines of one segment, which consists of these passages of the voice.
pub(super) fn lines(said: &Said, passages: &[Range<usize>], spec: &WordsSpec) -> Vec<Line> {
    let n_samples: usize = passages.iter().map(ExactSizeIterator::len).sum();
    // A space counts as a letter, so that a word's end is where the next one starts.
    let n_letters = said.text.split_whitespace().map(|word| word.chars().count() + 1).sum::<usize>().max(1);
    let rate_hz = spec.passages.sample_rate_hz as f32;
    let second =
        |passage: usize, sample: usize| passages[passage].start.saturating_add(sample) as f32 / rate_hz;
    let mut found: Vec<Line> = Vec::new();
    let (mut letters, mut n_words, mut last_passage) = (0, 0, usize::MAX);
    for word in said.text.split_whitespace() {
        let place = |letters: usize| place(passages, letters * n_samples / n_letters);
        let (passage, start) = place(letters);
        letters += word.chars().count() + 1;
        // The end of its last letter, which need not be the start of the next word.
        let (end_passage, last) = place(letters - 1);
        let end_s = second(end_passage, last + n_samples / n_letters);
        match found.last_mut() {
            Some(line) if passage == last_passage && !is_full(&line.text, n_words) => {
                line.text.push(' ');
                line.text.push_str(word);
                line.end_s = end_s;
                n_words += 1;
            }
            _ => {
                found.push(Line {
                    start_s: second(passage, start),
                    end_s,
                    text: word.to_owned(),
                    log_probability: said.log_probability,
                });
                n_words = 1;
            }
        }
        last_passage = passage;
    }
    found
}

/// Whether a line of so many words ends here.
fn is_full(text: &str, n_words: usize) -> bool {
    let ends_with = |signs: &[char]| text.ends_with(signs);
    n_words >= LONGEST_WORDS
        || (n_words >= SENTENCE_WORDS && ends_with(&['.', '?', '!', '。']))
        || (n_words >= CLAUSE_WORDS && ends_with(&[',', ';', ':', '、']))
}

/// The passage in which the sample at `at` of the segment lies, and which sample of the passage it is.
fn place(passages: &[Range<usize>], at: usize) -> (usize, usize) {
    let mut before = 0;
    for (index, passage) in passages.iter().enumerate() {
        if at < before + passage.len() {
            return (index, at - before);
        }
        before += passage.len();
    }
    (passages.len() - 1, passages[passages.len() - 1].len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Said {
        Said { text: text.into(), tokens: Vec::new(), log_probability: -0.25 }
    }

    fn seconds(passages: &[Range<usize>]) -> Vec<Range<usize>> {
        passages.iter().map(|one| one.start * 16_000..one.end * 16_000).collect()
    }

    #[test]
    fn words_lie_in_the_passages_in_which_they_are_sung() {
        let lines = lines(&said("aaa bbb ccc ddd"), &seconds(&[10..12, 20..22]), WordsSpec::v1());
        let texts: Vec<_> = lines.iter().map(|line| (line.start_s, line.end_s, line.text.as_str())).collect();
        assert_eq!(texts, [(10.0, 12.0, "aaa bbb"), (20.0, 22.0, "ccc ddd")]);
        assert!(lines.iter().all(|line| line.log_probability == -0.25));
    }

    #[test]
    fn a_long_passage_has_several_lines_and_no_word_is_lost() {
        let text: Vec<String> = (0..57).map(|n| format!("word{n}")).collect();
        let lines = lines(&said(&text.join("  ")), &seconds(&[0..3, 4..30]), WordsSpec::v1());
        assert!(lines.len() >= 6);
        let joined: Vec<&str> = lines.iter().flat_map(|line| line.text.split(' ')).collect();
        assert_eq!(joined, text);
        assert!(lines.is_sorted_by(|one, next| one.end_s <= next.start_s + 1e-3), "{lines:?}");
        assert!(lines[lines.len() - 1].end_s <= 30.0);
    }

    #[test]
    fn lines_end_with_sentences_and_longer_clauses() {
        let text = "Oh, the river runs down to the sea tonight, and I will follow. Yes. Seven white horses";
        let lines = lines(&said(text), &seconds(&[0..100, 100..101]), WordsSpec::v1());
        let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
        let expected =
            ["Oh, the river runs down to the sea tonight,", "and I will follow.", "Yes. Seven white horses"];
        assert_eq!(texts, expected);
    }

    #[test]
    fn nothing_said_has_no_lines() {
        assert!(lines(&said("  "), &seconds(&[0..3, 4..5]), WordsSpec::v1()).is_empty());
    }
}
