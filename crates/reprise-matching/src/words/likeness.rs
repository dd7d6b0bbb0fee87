//! How alike two texts are, and what that says.

use std::cmp::Ordering;

use super::rarity::Rarity;
use super::text::{Term, Text};

/// Terms that every track is taken to have besides, and shares with none: two short texts cannot be alike.
pub const MORE_TERMS: f32 = 100.0;

/// Of a hundred pairs of unrelated tracks in one language, one is as alike. Only what is above says anything.
pub const BY_CHANCE: f32 = 0.0125;

/// Unrelated pairs that are e times as alike are e^5 times as rare, up to one in ten million.
const NATS: f32 = 5.0;

/// So many shared terms are needed for each unit of the logarithm of the odds: one line in common says little.
const TERMS_A_NAT: f32 = 5.0;

/// No words add more to the logarithm of the odds: a prayer or a folk verse has many settings.
const MOST: f32 = 8.0;

/// Believed rare terms (sum of squares) from which on a text is clear.
const CLEAR: f32 = 60.0;

/// From this probability on a language counts as recognised.
const SURE: f32 = 0.4;

/// Languages that the recogniser names for many others (Latin, Javanese, Nynorsk): nothing is held against pairs in them.
pub const MISTAKEN_LANGUAGES: [&str; 3] = ["la", "jw", "nn"];

/// The terms of a track, weighted by rarity and belief.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Vector {
    /// By their rarity in the library.
    weights: Weights,
    /// By their rarity in the bundled table alone. In a library with twenty versions of one song, the words of that song
    /// are not rare, but they are not other words either.
    firm: Weights,
    language: String,
    sureness: f32,
}

/// Weighted terms.
#[derive(Debug, Clone, PartialEq, Default)]
struct Weights {
    /// In ascending order of terms; those of weight 0 are left out.
    terms: Vec<(Term, f32)>,
    squares: f32,
}

/// How alike the words of two tracks are.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Likeness {
    /// The cosine of their vectors, 0..=1.
    pub cosine: f32,
    /// How many terms they share, each by both weights.
    pub n_shared: f32,
    /// How surely the words are others, 0..=1; 0 unless both are heard so well, in one language, that other words show.
    pub otherness: f32,
}

impl Vector {
    /// The vector of a track.
    pub fn new(text: &Text, rarity: &Rarity) -> Self {
        let weighted = |rarity: &dyn Fn(Term) -> f32| {
            Weights::new(text.terms.iter().map(|(term, belief)| (*term, belief * rarity(*term))))
        };
        Self {
            weights: weighted(&|term| rarity.of(&text.language, term)),
            firm: weighted(&|term| rarity.firm(&text.language, term)),
            language: text.language.clone(),
            sureness: text.sureness,
        }
    }

    /// The terms, rarest and most believed first; those of equal weight in an order that is as good as random, and the
    /// same in every text.
    pub fn strongest(&self) -> Vec<(Term, f32)> {
        let scattered = |term: Term| term.wrapping_mul(2_654_435_761);
        let mut terms = self.weights.terms.clone();
        terms.sort_unstable_by(|one, other| {
            other.1.total_cmp(&one.1).then(scattered(one.0).cmp(&scattered(other.0)))
        });
        terms
    }

    /// How alike the words of two tracks are.
    pub fn likeness(&self, other: &Self) -> Likeness {
        let n_shared = self.weights.product(&other.weights);
        let is_one_language =
            self.language == other.language && !MISTAKEN_LANGUAGES.contains(&self.language.as_str());
        let are_clear = is_one_language && self.is_clear() && other.is_clear();
        let firm = || self.firm.cosine(&other.firm, self.firm.product(&other.firm));
        Likeness {
            cosine: self.weights.cosine(&other.weights, n_shared),
            n_shared,
            // From the chance level down.
            otherness: if are_clear { (2.0 - 2.0 * firm() / BY_CHANCE).clamp(0.0, 1.0) } else { 0.0 },
        }
    }

    fn is_clear(&self) -> bool {
        self.firm.squares >= CLEAR && self.sureness > SURE
    }
}

impl Weights {
    fn new(terms: impl Iterator<Item = (Term, f32)>) -> Self {
        let terms: Vec<(Term, f32)> = terms.filter(|(_, weight)| *weight > 0.0).collect();
        let squares = terms.iter().map(|(_, weight)| weight * weight).sum();
        Self { terms, squares }
    }

    fn cosine(&self, other: &Self, product: f32) -> f32 {
        product / ((self.squares + MORE_TERMS) * (other.squares + MORE_TERMS)).sqrt()
    }

    /// The sum over shared terms of the products of their weights.
    fn product(&self, other: &Self) -> f32 {
        let (mut ours, mut theirs) = (self.terms.iter().peekable(), other.terms.iter().peekable());
        let mut sum = 0.0;
        while let (Some((our_term, our_weight)), Some((their_term, their_weight))) =
            (ours.peek(), theirs.peek())
        {
            match our_term.cmp(their_term) {
                Ordering::Less => drop(ours.next()),
                Ordering::Greater => drop(theirs.next()),
                Ordering::Equal => {
                    sum += our_weight * their_weight;
                    ours.next();
                    theirs.next();
                }
            }
        }
        sum
    }
}

impl Likeness {
    /// What the words add to the logarithm of the odds that two tracks are one song: nothing up to what chance does.
    pub fn evidence(&self) -> f32 {
        let said = NATS * (self.cosine.max(BY_CHANCE) / BY_CHANCE).ln();
        said.min(self.n_shared / TERMS_A_NAT).min(MOST)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::super::text::tests::{lines, text};
    use super::*;

    const VERSE: &str = "the river runs down to the sea tonight and i will follow it home seven white horses were \
                         standing in the rain nobody knew where the summer had gone";
    const OTHER: &str = "give me the morning and give me the bread a mountain of sugar to put in my head the baker is \
                         sleeping the windows are blue the cat on the roof has nothing to do";

    fn vector(words: &str) -> Vector {
        Vector::new(&text(words), &Rarity::default())
    }

    #[test]
    fn the_same_words_misheard_are_alike_and_other_words_are_not() {
        let misheard = "the reefer runs down to the sea to night and hi will follow at home seven wide horses where \
                        standing in the rain nobody new where the some are had gone";
        let same = vector(VERSE).likeness(&vector(misheard));
        assert!(same.cosine > 0.1 && same.evidence() > 6.0 && same.otherness == 0.0, "{same:?}");
        let other = vector(VERSE).likeness(&vector(OTHER));
        assert!(other.evidence() == 0.0 && other.otherness > 0.9, "{other:?}");
    }

    #[test]
    fn a_line_in_common_says_little_and_words_never_say_all() {
        let line = format!("{OTHER} standing in the rain");
        let shared = vector(VERSE).likeness(&vector(&line));
        assert!(shared.evidence() < 4.0, "{shared:?}");
        assert_eq!(vector(VERSE).likeness(&vector(VERSE)).evidence(), MOST);
    }

    #[test]
    fn what_is_badly_heard_or_in_another_language_counts_nothing_against_a_pair() {
        let against = |log_probability: f32, language: &str, sureness: f32| {
            let text = Text::new(&lines(&[(OTHER, log_probability)]), language, sureness);
            vector(VERSE).likeness(&Vector::new(&text, &Rarity::default())).otherness
        };
        assert!(against(-0.5, "en", 0.9) > 0.9);
        assert_eq!(against(-2.0, "en", 0.9), 0.0);
        assert_eq!(against(-0.5, "de", 0.9), 0.0);
        assert_eq!(against(-0.5, "en", 0.3), 0.0);
        assert_eq!(vector("oh no").likeness(&vector(OTHER)).otherness, 0.0, "an instrumental with a shout");
        let latin = Vector { language: "la".into(), ..vector(VERSE) };
        assert_eq!(latin.likeness(&Vector { language: "la".into(), ..vector(OTHER) }).otherness, 0.0);
    }

    proptest! {
        #[test]
        fn likeness_is_that_of_the_slow_twin_and_does_not_depend_on_who_asks(
            one in "[a-d ]{0,300}", other in "[a-d ]{0,300}"
        ) {
            let (one, other) = (vector(&one), vector(&other));
            let theirs: HashMap<Term, f32> = other.weights.terms.iter().copied().collect();
            let slow: f32 = one.weights.terms.iter().map(|(term, w)| w * theirs.get(term).unwrap_or(&0.0)).sum();
            let likeness = one.likeness(&other);
            prop_assert!((likeness.n_shared - slow).abs() <= 1e-3 * slow.max(1.0));
            prop_assert_eq!(likeness, other.likeness(&one));
            prop_assert!((0.0..=1.0).contains(&likeness.cosine));
            prop_assert!((0.0..=MOST).contains(&likeness.evidence()));
            prop_assert!((0.0..=1.0).contains(&likeness.otherness));
        }
    }
}
