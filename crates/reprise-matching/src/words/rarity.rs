//! How much a shared term says: the fewer tracks of its language have it, the more.

use std::collections::HashMap;

use super::text::{Term, Text};

/// Shares of the tracks of one language: from the first on a term says nothing, up to the second all it can.
const COMMON: f32 = 0.05;
const RARE: f32 = 0.005;

/// As many tracks of the library the bundled table counts for, in a language that it has ...
const TABLE_TRACKS: f32 = 300.0;
/// ... and in others, of which it knows no common term.
const UNKNOWN_TRACKS: f32 = 100.0;

/// The terms that many texts of a language have, from a bundled table, so that a small library knows them too.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CommonTerms(HashMap<String, HashMap<Term, f32>>);

impl CommonTerms {
    /// Reads a table: for each language its code of two letters, the number of its terms (u32), the terms in ascending
    /// order (u32) and for each the share of texts that have it (u8, of 255). All numbers are little-endian. `None` for
    /// anything else.
    pub fn parse(mut bytes: &[u8]) -> Option<Self> {
        let mut languages = HashMap::new();
        while !bytes.is_empty() {
            let code = String::from_utf8(take(&mut bytes, 2)?.to_vec()).ok()?;
            let n = number(take(&mut bytes, 4)?)? as usize;
            let terms = take(&mut bytes, n.checked_mul(4)?)?;
            let shares = take(&mut bytes, n)?;
            let terms = terms.chunks_exact(4).map(number).collect::<Option<Vec<Term>>>()?;
            let shares = shares.iter().map(|share| f32::from(*share) / 255.0);
            languages.insert(code, terms.into_iter().zip(shares).collect());
        }
        Some(Self(languages))
    }

    /// The share of texts that have a term, and how many tracks of the library that counts for.
    fn share(&self, language: &str, term: Term) -> (f32, f32) {
        match self.0.get(language) {
            Some(terms) => (terms.get(&term).copied().unwrap_or(0.0), TABLE_TRACKS),
            None => (0.0, UNKNOWN_TRACKS),
        }
    }
}

fn take<'a>(bytes: &mut &'a [u8], n: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(n)?;
    *bytes = rest;
    Some(taken)
}

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

/// How many tracks of each language have a term: those of the library, and those behind the bundled table.
#[derive(Debug, Clone, Default)]
pub struct Rarity {
    languages: HashMap<String, LanguageCounts>,
    table: CommonTerms,
}

#[derive(Debug, Clone, Default)]
struct LanguageCounts {
    n_tracks: u32,
    n_having: HashMap<Term, u32>,
}

impl Rarity {
    /// Counts the terms of tracks. Those that say all they can are forgotten again.
    pub fn counting(texts: impl Iterator<Item = Text>, table: CommonTerms) -> Self {
        let mut languages: HashMap<String, LanguageCounts> = HashMap::new();
        for text in texts {
            let counts = languages.entry(text.language).or_default();
            counts.n_tracks += 1;
            text.terms.iter().for_each(|(term, _)| *counts.n_having.entry(*term).or_default() += 1);
        }
        for (code, counts) in &mut languages {
            let n_tracks = counts.n_tracks;
            counts.n_having.retain(|term, n| rarity(*n, n_tracks, table.share(code, *term)) < 1.0);
        }
        Self { languages, table }
    }

    /// How much a shared term says, 0..=1, by the share of the other tracks of this language that have it.
    pub fn of(&self, language: &str, term: Term) -> f32 {
        let counts = self.languages.get(language);
        let n_having = counts.and_then(|counts| counts.n_having.get(&term)).copied().unwrap_or(0);
        let n_tracks = counts.map_or(0, |counts| counts.n_tracks);
        rarity(n_having, n_tracks, self.table.share(language, term))
    }

    /// The same by the bundled table alone.
    pub fn firm(&self, language: &str, term: Term) -> f32 {
        rarity(0, 0, self.table.share(language, term))
    }
}

fn rarity(n_having: u32, n_tracks: u32, (share_of_table, table_tracks): (f32, f32)) -> f32 {
    // The track that asks has it too.
    let others = n_having.saturating_sub(1) as f32 + table_tracks * share_of_table;
    let share = (others / (n_tracks as f32 + table_tracks)).max(1e-9);
    ((COMMON / share).ln() / (COMMON / RARE).ln()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::super::text::tests::text;
    use super::*;

    fn table(code: &[u8; 2], terms: &[(Term, u8)]) -> Vec<u8> {
        let mut bytes = code.to_vec();
        bytes.extend((terms.len() as u32).to_le_bytes());
        terms.iter().for_each(|(term, _)| bytes.extend(term.to_le_bytes()));
        bytes.extend(terms.iter().map(|(_, share)| *share));
        bytes
    }

    #[test]
    fn the_more_tracks_have_a_term_the_less_it_says() {
        let texts = (0..300).map(|n| match n {
            0..60 => text("love me do"),
            60..70 => text("yellow submarine"),
            _ => text(&format!("zzz{n:03}")),
        });
        let rarity = Rarity::counting(texts, CommonTerms::default());
        let of = |word: &str| rarity.of("en", text(word).terms[0].0);
        assert_eq!(of("loveme"), 0.0, "a fifth of the tracks");
        assert!((of("yellow") - ((0.05f32 * 400.0 / 9.0).ln() / 10f32.ln())).abs() < 1e-5);
        assert_eq!((of("zzz200"), of("unheard")), (1.0, 1.0));
        assert_eq!(rarity.of("de", text("loveme").terms[0].0), 1.0, "another language");
        assert_eq!(rarity.firm("en", text("loveme").terms[0].0), 1.0, "no table says that it is common");
    }

    #[test]
    fn a_small_library_knows_common_terms_from_the_table_and_a_large_one_by_itself() {
        let term = text("iloveyou").terms[0].0;
        let common = CommonTerms::parse(&table(b"en", &[(term, 51)])).unwrap();
        assert_eq!(Rarity::counting([text("iloveyou")].into_iter(), common.clone()).of("en", term), 0.0);
        let others = (0..20_000).map(|n| text(&format!("zzz{n:05}")));
        assert!(Rarity::counting(others, common).of("en", term) == 1.0, "nobody sings it here");
    }

    #[test]
    fn anything_else_is_no_table() {
        let good = [table(b"en", &[(5, 9), (7, 255)]), table(b"de", &[])].concat();
        let read = CommonTerms::parse(&good).unwrap();
        assert_eq!((read.share("en", 7).0, read.share("en", 6).0, read.share("de", 5).0), (1.0, 0.0, 0.0));
        assert!((1..good.len()).filter(|n| CommonTerms::parse(&good[..*n]).is_some()).count() <= 1);
        assert_eq!(CommonTerms::parse(b"en\xff\xff\xff\xff"), None);
    }
}
