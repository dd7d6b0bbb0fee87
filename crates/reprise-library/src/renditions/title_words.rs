//! The kinds of rendition that a track's title (or else its file name) and its album indicate.
//!
//! Only words outside the song's name count: "Live and Let Die" is not live, but "Help! (Live at the BBC)" and "Help! -
//! 2009 Remaster" state their kind. Album names are read in the same way: "Dub Side of the Moon" contains no remixes.

use crate::text::folded;

/// A kind of rendition. A track may be of several kinds, such as a live cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A song by another artist.
    Cover,
    /// Played before an audience.
    Live,
    /// Played on instruments without amplifiers.
    Acoustic,
    /// Nobody sings.
    Instrumental,
    /// Made from parts of a recording.
    Remix,
    /// A recording that was cut or extended.
    Edit,
    /// Mastered again.
    Remaster,
    /// Recorded before the released recording.
    Demo,
    /// Several songs in one track.
    Medley,
    /// Sung in another language.
    Translated,
}

impl Kind {
    /// All kinds, in the order in which they are listed.
    pub const ALL: [Self; 10] = [
        Self::Cover,
        Self::Live,
        Self::Acoustic,
        Self::Instrumental,
        Self::Remix,
        Self::Edit,
        Self::Remaster,
        Self::Demo,
        Self::Medley,
        Self::Translated,
    ];

    /// The word for the kind, in files and user interfaces.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cover => "cover",
            Self::Live => "live",
            Self::Acoustic => "acoustic",
            Self::Instrumental => "instrumental",
            Self::Remix => "remix",
            Self::Edit => "edit",
            Self::Remaster => "remaster",
            Self::Demo => "demo",
            Self::Medley => "medley",
            Self::Translated => "translated",
        }
    }

    /// The kind that a word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Words that indicate a kind anywhere outside a song's name, folded. Several words must follow each other in this
/// order. The words for live tracks are in [`is_live`], because "live" has other meanings.
const WORDS: &[(Kind, &str)] = &[
    (Kind::Cover, "cover"),
    (Kind::Cover, "cover version"),
    (Kind::Cover, "tribute to"),
    (Kind::Cover, "in the style of"),
    (Kind::Cover, "originally performed by"),
    (Kind::Cover, "made famous by"),
    (Kind::Live, "ao vivo"),
    (Kind::Live, "en vivo"),
    (Kind::Live, "en directo"),
    (Kind::Live, "en concert"),
    (Kind::Live, "dal vivo"),
    (Kind::Live, "in concert"),
    (Kind::Live, "mtv unplugged"),
    (Kind::Acoustic, "acoustic"),
    (Kind::Acoustic, "acustico"),
    (Kind::Acoustic, "acustica"),
    (Kind::Acoustic, "acoustique"),
    (Kind::Acoustic, "akustik"),
    (Kind::Acoustic, "unplugged"),
    (Kind::Acoustic, "mtv unplugged"),
    (Kind::Acoustic, "stripped"),
    (Kind::Instrumental, "instrumental"),
    (Kind::Instrumental, "instrumentals"),
    (Kind::Instrumental, "instrumentale"),
    (Kind::Instrumental, "karaoke"),
    (Kind::Instrumental, "backing track"),
    (Kind::Remix, "remix"),
    (Kind::Remix, "remixes"),
    (Kind::Remix, "remixed"),
    (Kind::Remix, "rmx"),
    (Kind::Remix, "club mix"),
    (Kind::Remix, "dance mix"),
    (Kind::Remix, "dub mix"),
    (Kind::Remix, "house mix"),
    (Kind::Remix, "dub"),
    (Kind::Edit, "edit"),
    (Kind::Edit, "extended"),
    (Kind::Edit, "radio mix"),
    (Kind::Edit, "radio version"),
    (Kind::Edit, "single version"),
    (Kind::Edit, "short version"),
    (Kind::Edit, "long version"),
    (Kind::Edit, "full length version"),
    (Kind::Edit, "clean version"),
    (Kind::Remaster, "remaster"),
    (Kind::Remaster, "remastered"),
    (Kind::Remaster, "remasterizado"),
    (Kind::Demo, "demo"),
    (Kind::Demo, "demos"),
    (Kind::Demo, "outtake"),
    (Kind::Demo, "outtakes"),
    (Kind::Demo, "alternate take"),
    (Kind::Demo, "alternative take"),
    (Kind::Demo, "early take"),
    (Kind::Demo, "rehearsal"),
    (Kind::Medley, "medley"),
    (Kind::Medley, "mashup"),
    (Kind::Medley, "mash up"),
    (Kind::Medley, "megamix"),
    (Kind::Medley, "potpourri"),
];

/// Kinds that a title may end with, without brackets: "Ignition Remix", "Beatles Medley".
const AT_THE_END: [Kind; 4] = [Kind::Remix, Kind::Medley, Kind::Instrumental, Kind::Remaster];

/// Words after "live" that confirm that it describes the performance.
const AFTER_LIVE: &[&str] = &[
    "acoustic",
    "at",
    "by",
    "from",
    "in",
    "on",
    "performance",
    "recording",
    "session",
    "sessions",
    "take",
    "und",
    "version",
];

/// The kinds that the tags of a track indicate, in order. `file` is the file name without extension, which is used if
/// there is no title.
pub(crate) fn kinds_in(title: Option<&str>, file: &str, album: Option<&str>) -> Vec<Kind> {
    let mut kinds = title.map_or_else(|| kinds_in_file_name(file), kinds_in_title);
    kinds.extend(album.into_iter().flat_map(kinds_in_album));
    kinds.sort();
    kinds.dedup();
    kinds
}

/// In a file name, the words after a dash may be an artist ("Bright Size Life - Acoustic Alchemy"). They count only if
/// they state nothing but a kind. Everything in brackets counts.
fn kinds_in_file_name(name: &str) -> Vec<Kind> {
    let name = folded(name).replace('_', " ");
    let mut kinds: Vec<Kind> = in_brackets(&name).1.iter().flat_map(|aside| kinds_of(aside)).collect();
    let (_, parts) = asides(&name);
    kinds.extend(parts.last().into_iter().flat_map(|part| kinds_alone(part)));
    kinds
}

fn kinds_in_title(title: &str) -> Vec<Kind> {
    let (name, asides) = asides(&folded(title));
    let mut kinds: Vec<Kind> = asides.iter().flat_map(|aside| kinds_of(aside)).collect();
    if name.len() > 1 {
        let at_end = |(kind, word): &&(Kind, &str)| {
            AT_THE_END.contains(kind) && !word.contains(' ') && name.last().is_some_and(|last| last == word)
        };
        kinds.extend(WORDS.iter().filter(at_end).map(|(kind, _)| *kind));
    }
    kinds
}

/// An album name applies to all tracks of the album if it says live, acoustic, instrumental, remixed or demos.
/// "Extended" and "remastered" describe the edition as a whole, and "cover" describes no single song. Words count only
/// outside the name, or if the name consists of nothing else: "Demos", "Live at Leeds". A word within a name is only a
/// name.
fn kinds_in_album(album: &str) -> Vec<Kind> {
    let (name, asides) = asides(&folded(album).replace(": ", " - "));
    let of_all = [Kind::Live, Kind::Acoustic, Kind::Instrumental, Kind::Remix, Kind::Demo];
    let in_asides = asides.iter().flat_map(|words| kinds_of(words));
    let kinds = in_asides.chain(kinds_alone(&name)).chain(phrases_in(&name));
    kinds.filter(|kind| of_all.contains(kind)).collect()
}

/// Words that add nothing to a kind.
const BESIDE_A_KIND: &[&str] = &[
    "a",
    "an",
    "the",
    "album",
    "mix",
    "mixes",
    "recording",
    "recordings",
    "session",
    "sessions",
    "take",
    "takes",
    "version",
    "versions",
];

/// The kinds of words, if all other words add nothing. After "live" at the beginning, a place or a time may follow.
fn kinds_alone(words: &[String]) -> Vec<Kind> {
    let of_a_kind = |word: &String| {
        let holds =
            |(_, phrase): &(Kind, &str)| phrase.split(' ').any(|one| one == word) && stands(words, phrase);
        word == "live" || WORDS.iter().any(holds)
    };
    let says_nothing =
        |word: &String| BESIDE_A_KIND.contains(&word.as_str()) || word.chars().all(|c| c.is_ascii_digit());
    if words.iter().all(|word| of_a_kind(word) || says_nothing(word)) {
        return kinds_of(words);
    }
    // "Live On" is not followed by a place.
    let names_a_place = words.len() > 2 && words[0] == "live" && is_live(words);
    if names_a_place { vec![Kind::Live] } else { Vec::new() }
}

/// The kinds of phrases of several words, which count anywhere: no album is named "MTV Unplugged" for another reason.
fn phrases_in(words: &[String]) -> Vec<Kind> {
    let phrases = WORDS.iter().filter(|(_, phrase)| phrase.contains(' ') && stands(words, phrase));
    phrases.map(|(kind, _)| *kind).collect()
}

/// The words of a folded name, and the words in each pair of brackets or after each dash.
fn asides(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let (outside, mut asides) = in_brackets(text);
    let mut parts = outside.replace([EN_DASH, EM_DASH], "-");
    if let Some((name, rest)) = parts.split_once(" - ") {
        asides.extend(rest.split(" - ").map(words));
        parts = name.to_owned();
    }
    (words(&parts), asides)
}

/// The text outside of brackets, and the words in each pair of brackets.
fn in_brackets(text: &str) -> (String, Vec<Vec<String>>) {
    let (mut outside, mut inside, mut asides, mut depth) = (String::new(), String::new(), Vec::new(), 0);
    for c in text.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    asides.push(words(&std::mem::take(&mut inside)));
                }
            }
            _ if depth > 0 => inside.push(c),
            _ => outside.push(c),
        }
    }
    asides.push(words(&inside));
    (outside, asides)
}

const EN_DASH: char = '\u{2013}';
const EM_DASH: char = '\u{2014}';

fn words(text: &str) -> Vec<String> {
    let text = text.replace(['\'', '\u{2019}'], "");
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The kinds that words outside a name indicate.
fn kinds_of(words: &[String]) -> Vec<Kind> {
    let said = WORDS.iter().filter(|(_, phrase)| stands(words, phrase));
    let mut kinds: Vec<Kind> = said.map(|(kind, _)| *kind).collect();
    if is_live(words) {
        kinds.push(Kind::Live);
    }
    kinds
}

fn stands(words: &[String], phrase: &str) -> bool {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    words.windows(phrase.len()).any(|window| window == phrase)
}

/// Whether "live" is the last word or is followed by a place, a year or a kind of recording: "BBC Live", "Live 1975",
/// "Live at Leeds".
fn is_live(words: &[String]) -> bool {
    let tells = |next: Option<&String>| match next {
        None => true,
        Some(next) => AFTER_LIVE.contains(&next.as_str()) || next.chars().all(|c| c.is_ascii_digit()),
    };
    (0..words.len()).any(|place| words[place] == "live" && tells(words.get(place + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_says_what_it_is_only_apart_from_the_name() {
        for (title, kinds) in [
            ("Live and Let Die", &[][..]),
            ("Live Forever - 2014 Remaster", &[Kind::Remaster]),
            ("Help! (Live at the BBC)", &[Kind::Live]),
            ("Help! [BBC Live]", &[Kind::Live]),
            ("Help! \u{2013} Live, 1975", &[Kind::Live]),
            ("Long Live (Taylor's Version)", &[]),
            ("Where Do I Live", &[]),
            ("Covers", &[]),
            ("Under Cover of Darkness", &[]),
            ("Hurt (Nine Inch Nails cover)", &[Kind::Cover]),
            ("Corcovado (Ao Vivo)", &[Kind::Live]),
            ("Canci\u{f3}n (Ac\u{fa}stico)", &[Kind::Acoustic]),
            ("Ignition Remix", &[Kind::Remix]),
            ("Remix", &[]),
            ("Blue Monday (12\" Extended Version)", &[Kind::Edit]),
            ("One More Time (Radio Edit)", &[Kind::Edit]),
            ("Song (Original Mix)", &[]),
            ("Song (Live) [2011 Remaster", &[Kind::Live, Kind::Remaster]),
            ("Beatles Medley", &[Kind::Medley]),
            ("Angie - Acoustic Live Version", &[Kind::Live, Kind::Acoustic]),
            ("", &[]),
        ] {
            assert_eq!(kinds_in(Some(title), "(live)", None), kinds, "{title}");
        }
    }

    #[test]
    fn an_album_speaks_for_all_its_tracks_where_it_can() {
        for (album, kinds) in [
            ("Live at Leeds", &[Kind::Live][..]),
            ("Live Through This", &[]),
            ("MTV Unplugged in New York", &[Kind::Live, Kind::Acoustic]),
            ("Abbey Road (Remastered)", &[]),
            ("The Covers Album", &[]),
            ("Reload: The Remixes", &[Kind::Remix]),
            ("The Remixes", &[Kind::Remix]),
            ("Demo", &[Kind::Demo]),
            ("The 1979 Demos", &[Kind::Demo]),
            ("Ram (Demo)", &[Kind::Demo]),
            ("Ram [The Demos]", &[Kind::Demo]),
            ("Ram - Live", &[Kind::Live]),
            ("Live", &[Kind::Live]),
            ("Live 1975\u{2013}85", &[Kind::Live]),
            ("Ella in Concert", &[Kind::Live]),
            ("Unplugged", &[Kind::Acoustic]),
            ("Reprise demo", &[]),
            ("Reprise Instrumental", &[]),
            ("Demo Days and Other Stories", &[]),
            ("Democracy", &[]),
            ("Dub Side of the Moon", &[]),
            ("Acoustic Alchemy", &[]),
            ("Karaoke Nights", &[]),
            ("Long Live", &[]),
            ("How We Live", &[]),
            ("Live On", &[]),
        ] {
            assert_eq!(kinds_in(Some("Help!"), "", Some(album)), kinds, "{album}");
        }
    }

    #[test]
    fn the_name_of_a_file_speaks_where_there_is_no_title() {
        for (file, kinds) in [
            ("03 Help! (Live at the BBC)", &[Kind::Live][..]),
            ("Help! - The Beatles - Live", &[Kind::Live]),
            ("help_(acoustic_version)", &[Kind::Acoustic]),
            ("Help! - Acoustic Version", &[Kind::Acoustic]),
            ("Bright Size Life - Acoustic Alchemy", &[]),
            ("demo", &[]),
            ("live_and_let_die", &[]),
        ] {
            assert_eq!(kinds_in(None, file, None), kinds, "{file}");
        }
        assert_eq!(kinds_in(Some("Help!"), "Help! (Live)", None), [], "the title is above it");
    }

    #[test]
    fn every_kind_has_a_word_of_its_own() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_word(kind.word()), Some(kind));
        }
        assert_eq!(Kind::from_word("Live"), None);
    }
}
