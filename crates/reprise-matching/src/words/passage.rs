//! Where two tracks say the same: for the reader and for playing, not as evidence.

use std::collections::HashMap;

use super::text::{Line, PlacedTerm, Term, placed_terms};
use crate::Span;

/// Between two terms of a passage there are at most so many letters on either side.
const LARGEST_GAP: usize = 24;

/// Terms that stand in more places of a text belong to a chant or a loop, and say nothing of where one is.
const MOST_PLACES: usize = 8;

/// A passage has at least so many terms: some words.
const FEWEST_TERMS: usize = 10;

/// A line matches another with which it shares so many terms: seven letters and more.
const FEWEST_OF_LINE: usize = 3;

/// A line and the line of the other track that says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchedLine {
    /// Index of the line in the first track.
    pub line: usize,
    /// Index of the line in the other track.
    pub other: usize,
}

/// Returns the longest passage in which both tracks say the same in the same order. `None` if they share no more than a
/// few words.
pub fn shared_passage(one: &[Line], other: &[Line]) -> Option<Span> {
    let (ours, theirs) = (placed_terms(one), placed_terms(other));
    let chain = longest_chain(&ours, &theirs);
    let (first, their_first) = *chain.first().filter(|_| chain.len() >= FEWEST_TERMS)?;
    let (last, their_last) = *chain.last()?;
    Some(Span {
        query_start_s: f64::from(ours[first].start_s),
        query_end_s: f64::from(ours[last].start_s),
        candidate_start_s: f64::from(theirs[their_first].start_s),
        candidate_end_s: f64::from(theirs[their_last].start_s),
    })
}

/// The longest chain of places with the same terms that goes forward in both texts.
fn longest_chain(ours: &[PlacedTerm], theirs: &[PlacedTerm]) -> Vec<(usize, usize)> {
    let links = links(ours, theirs);
    let (mut lengths, mut before) = (vec![1; links.len()], vec![usize::MAX; links.len()]);
    for (at, (here, there)) in links.iter().enumerate() {
        for earlier in (0..at).rev() {
            let (our_place, their_place) = links[earlier];
            if here - our_place > LARGEST_GAP {
                break;
            }
            let goes_on = our_place < *here && their_place < *there && there - their_place <= LARGEST_GAP;
            if goes_on && lengths[earlier] >= lengths[at] {
                (lengths[at], before[at]) = (lengths[earlier] + 1, earlier);
            }
        }
    }
    // The first of equals.
    let mut at = (0..links.len()).rev().max_by_key(|link| lengths[*link]).unwrap_or(usize::MAX);
    let mut chain = Vec::new();
    while let Some(link) = links.get(at) {
        chain.push(*link);
        at = before[at];
    }
    chain.reverse();
    chain
}

/// The places with the same term in both texts, in the order of the first.
fn links(ours: &[PlacedTerm], theirs: &[PlacedTerm]) -> Vec<(usize, usize)> {
    let places = |text: &[PlacedTerm]| {
        let mut places: HashMap<Term, Vec<usize>> = HashMap::new();
        text.iter().enumerate().for_each(|(place, one)| places.entry(one.term).or_default().push(place));
        places.retain(|_, places| places.len() <= MOST_PLACES);
        places
    };
    let (our_places, their_places) = (places(ours), places(theirs));
    let mut links = Vec::new();
    for (place, one) in ours.iter().enumerate().filter(|(_, one)| our_places.contains_key(&one.term)) {
        let others = their_places.get(&one.term).into_iter().flatten();
        links.extend(others.map(|other| (place, *other)));
    }
    links
}

/// Returns for the lines of the first track those of the other that say the same; a line of the other may match several.
pub fn matched_lines(one: &[Line], other: &[Line]) -> Vec<MatchedLine> {
    let mut places: HashMap<Term, Vec<usize>> = HashMap::new();
    for place in placed_terms(other) {
        let lines = places.entry(place.term).or_default();
        if lines.last() != Some(&place.line) {
            lines.push(place.line);
        }
    }
    let mut shared: HashMap<(usize, usize), usize> = HashMap::new();
    for place in placed_terms(one) {
        for line in places.get(&place.term).into_iter().flatten() {
            *shared.entry((place.line, *line)).or_default() += 1;
        }
    }
    let mut matched: Vec<MatchedLine> = Vec::new();
    for line in 0..one.len() {
        // Of lines that say the same, such as those of a refrain, the one that follows the match before.
        let expected = matched.last().map_or(0, |before| before.other + 1);
        let best = (0..other.len())
            .filter_map(|other| Some((other, *shared.get(&(line, other))?)))
            .filter(|(_, n)| *n >= FEWEST_OF_LINE)
            .max_by_key(|(other, n)| (*n, std::cmp::Reverse(other.abs_diff(expected))));
        matched.extend(best.map(|(other, _)| MatchedLine { line, other }));
    }
    matched
}

#[cfg(test)]
mod tests {
    use super::super::text::tests::lines;
    use super::*;

    const ONE: [(&str, f32); 4] = [
        ("seven white horses", -0.2),
        ("come home to me", -0.2),
        ("standing in the summer rain", -0.2),
        ("come home to me", -0.2),
    ];
    const OTHER: [(&str, f32); 5] = [
        ("something else entirely", -0.2),
        ("seven wide horses", -0.2),
        ("come home with me", -0.2),
        ("sanding in the summer rain", -0.2),
        ("come home to me", -0.2),
    ];

    #[test]
    fn lines_match_those_that_say_the_same_and_refrains_follow_their_verses() {
        let found = matched_lines(&lines(&ONE), &lines(&OTHER));
        let pairs: Vec<_> = found.iter().map(|one| (one.line, one.other)).collect();
        assert_eq!(pairs, [(0, 1), (1, 4), (2, 3), (3, 4)]);
        let repeated = [("come home to me", -0.2), ("no way", -0.2), ("come home to me", -0.2)];
        let found = matched_lines(&lines(&repeated), &lines(&repeated));
        assert_eq!(
            found.iter().map(|one| (one.line, one.other)).collect::<Vec<_>>(),
            [(0, 0), (1, 1), (2, 2)]
        );
        assert!(matched_lines(&lines(&ONE), &[]).is_empty());
    }

    #[test]
    fn the_shared_passage_starts_where_both_begin_to_say_the_same() {
        let span = shared_passage(&lines(&ONE), &lines(&OTHER)).unwrap();
        assert!(span.query_start_s < 3.0 && (3.0..6.0).contains(&span.candidate_start_s), "{span:?}");
        assert!(span.query_end_s > 9.0 && span.candidate_end_s > 12.0, "{span:?}");
        assert_eq!(shared_passage(&lines(&ONE), &lines(&OTHER[..1])), None);
        assert_eq!(shared_passage(&[], &[]), None);
    }

    #[test]
    fn a_chant_is_no_place_and_takes_no_time() {
        let chant = "hare krishna hare rama ".repeat(400);
        assert_eq!(shared_passage(&lines(&[(&chant, 0.0)]), &lines(&[(&chant, 0.0)])), None);
    }

    /// The slow twin: the longest chain that ends in each link, by trying all that may precede it.
    fn slow_length(ours: &[PlacedTerm], theirs: &[PlacedTerm]) -> usize {
        let links: Vec<(usize, usize)> = (0..ours.len())
            .flat_map(|a| (0..theirs.len()).map(move |b| (a, b)))
            .filter(|(a, b)| ours[*a].term == theirs[*b].term)
            .filter(|(a, _)| {
                let n = |text: &[PlacedTerm]| text.iter().filter(|one| one.term == ours[*a].term).count();
                n(ours).max(n(theirs)) <= MOST_PLACES
            })
            .collect();
        let mut lengths: Vec<usize> = Vec::new();
        for (a, b) in &links {
            let before =
                links.iter().zip(&lengths).filter(|((c, d), _)| c < a && d < b && a - c <= 24 && b - d <= 24);
            lengths.push(1 + before.map(|(_, length)| *length).max().unwrap_or(0));
        }
        lengths.into_iter().max().unwrap_or(0)
    }

    #[test]
    fn the_chain_is_as_long_as_that_of_the_slow_twin() {
        let mut state = 3_u32;
        for _ in 0..40 {
            let mut words = || -> String {
                (0..24)
                    .map(|_| {
                        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        ["river ", "run ", "home ", "so"][(state >> 20) as usize % 4]
                    })
                    .collect()
            };
            let (one, other) = (words(), words());
            let (ours, theirs) =
                (placed_terms(&lines(&[(&one, 0.0)])), placed_terms(&lines(&[(&other, 0.0)])));
            let chain = longest_chain(&ours, &theirs);
            assert_eq!(chain.len(), slow_length(&ours, &theirs));
            assert!(chain.is_sorted_by(|one, next| one.0 < next.0 && one.1 < next.1));
        }
    }
}
