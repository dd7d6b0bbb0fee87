//! Texts whose code page is not stated. One code page is guessed for the whole file, and only if reading the texts as
//! Western European is implausible.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, SHIFT_JIS, UTF_8, WINDOWS_1252};

/// A text as stored in a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Text {
    Known(String),
    /// Bytes in an unknown code page.
    Bytes(Vec<u8>),
    /// Bytes in an unknown code page that a field of fixed length has cut off.
    Cut(Vec<u8>),
}

impl Text {
    /// UTF-8 by the rules of the tag; bytes in an unknown code page if it is not valid.
    pub fn utf8(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Known(text.into()),
            Err(_) => Self::Bytes(bytes.to_vec()),
        }
    }

    fn unknown(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) | Self::Cut(bytes) if !bytes.is_ascii() => Some(bytes),
            _ => None,
        }
    }
}

/// The code page of the texts of a file that do not state theirs.
pub(super) struct CodePage(&'static Encoding);

impl CodePage {
    pub fn of<'t>(texts: impl Iterator<Item = &'t Text>) -> Self {
        let unknown: Vec<&Text> = texts.filter(|text| text.unknown().is_some()).collect();
        let bytes = || unknown.iter().filter_map(|text| text.unknown());
        if bytes().all(is_utf8) {
            return Self(UTF_8);
        }
        if bytes().filter(|bytes| !is_utf8(bytes)).all(is_western) {
            return Self(WINDOWS_1252);
        }
        Self(guess(&unknown).unwrap_or(WINDOWS_1252))
    }

    pub fn decode(&self, text: &Text) -> String {
        let bytes = match text {
            Text::Known(text) => return text.clone(),
            Text::Bytes(bytes) | Text::Cut(bytes) => bytes,
        };
        let is_latin = self.0 == WINDOWS_1252;
        let page = if is_latin && is_utf8(bytes) { UTF_8 } else { self.0 };
        let (text, has_errors) = page.decode_without_bom_handling(bytes);
        if !has_errors {
            return text.into_owned();
        }
        text.trim_end_matches(char::REPLACEMENT_CHARACTER).into()
    }
}

/// Whether it is valid UTF-8, apart from a character that is cut off at the end.
fn is_utf8(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && !bytes[..error.valid_up_to()].is_ascii(),
    }
}

/// Whether the text is plausible as Windows-1252: accented letters stand among plain letters and are seldom three in a
/// row, and signs are not inside words.
fn is_western(bytes: &[u8]) -> bool {
    let n_high = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let runs = bytes.split(u8::is_ascii).filter(|run| run.len() >= 3);
    // Estonian has words like "jäääär".
    let n_in_runs: usize = runs.filter(|run| run.iter().any(|byte| byte != &run[0])).map(<[u8]>::len).sum();
    let n_odd = (0..bytes.len()).filter(|&at| is_odd(bytes, at)).count();
    2 * n_in_runs < n_high.max(1) && 4 * n_odd < n_high.max(1)
}

/// Whether it is a control character, or a sign between two letters.
fn is_odd(bytes: &[u8], at: usize) -> bool {
    match bytes[at] {
        0x81..=0x84 | 0x86..=0x89 | 0x8B | 0x8D | 0x8F | 0x90 | 0x98 | 0x9B | 0x9D => true,
        0xA1..=0xA9 | 0xAC..=0xB3 | 0xB5 | 0xB6 | 0xB8 | 0xB9 | 0xBB..=0xBF => {
            let is_letter =
                |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphabetic() || *byte >= 0xC0);
            is_letter(at.checked_sub(1).and_then(|before| bytes.get(before))) && is_letter(bytes.get(at + 1))
        }
        _ => false,
    }
}

/// The code page of the texts, if it can decode all of them to letters.
fn guess(unknown: &[&Text]) -> Option<&'static Encoding> {
    let kana = read_as(SHIFT_JIS, unknown).filter(|text| text.chars().any(is_kana));
    // The detector needs more characters to recognise kana. In other code pages kana do not occur by chance.
    if kana.is_some() {
        return Some(SHIFT_JIS);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    for text in unknown {
        detector.feed(whole(text), false);
        detector.feed(b"\n", false);
    }
    detector.feed(b"", true);
    let page = detector.guess(None, Utf8Detection::Deny);
    let text = read_as(page, unknown);
    if text.as_ref().is_some_and(|text| !is_latin(text)) {
        return Some(page);
    }
    let bytes = || unknown.iter().flat_map(|text| whole(text));
    let has_odd = unknown.iter().any(|text| (0..whole(text).len()).any(|at| is_odd(whole(text), at)));
    if has_odd && page != WINDOWS_1252 {
        return text.map(|_| page);
    }
    // One or two names are too short for the detector, but no Latin script has so many accents in a row. Signs among
    // them are halves of Chinese characters.
    let place: &[u8] = if bytes().any(|byte| (0x80..0xC0).contains(byte)) { b"cn" } else { b"ru" };
    let page = detector.guess(Some(place), Utf8Detection::Deny);
    read_as(page, unknown).filter(|text| !is_latin(text)).map(|_| page)
}

/// All texts joined, if most of their characters are letters in `page`.
fn read_as(page: &'static Encoding, unknown: &[&Text]) -> Option<String> {
    let mut all = String::new();
    for text in unknown {
        let (text, has_errors) = page.decode_without_bom_handling(whole(text));
        if has_errors {
            return None;
        }
        all.push_str(&text);
    }
    let foreign = || all.chars().filter(|c| !c.is_ascii());
    let n_letters = foreign().filter(|c| c.is_alphabetic() || is_mark(*c)).count();
    (4 * (foreign().count() - n_letters) <= n_letters).then_some(all)
}

fn is_latin(text: &str) -> bool {
    let letters = || text.chars().filter(|c| !c.is_ascii() && c.is_alphabetic());
    2 * letters().filter(|c| *c < '\u{250}').count() > letters().count()
}

fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30FF}')
}

/// Characters that occur among letters of Eastern scripts: punctuation, full-width forms, vowels of Thai.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0E30}'..='\u{0E4F}' | '\u{3000}'..='\u{303F}' | '\u{30FB}' | '\u{30FC}' | '\u{FF00}'..='\u{FFEF}')
}

/// The bytes without a character at the end that may be cut off.
fn whole(text: &Text) -> &[u8] {
    match text {
        Text::Cut(bytes) => {
            let n_high = bytes.iter().rev().take_while(|byte| !byte.is_ascii()).count();
            &bytes[..bytes.len() - n_high % 2]
        }
        _ => text.unknown().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&[u8]]) -> Vec<String> {
        let texts: Vec<Text> = texts.iter().map(|text| Text::Bytes(text.to_vec())).collect();
        let page = CodePage::of(texts.iter());
        texts.iter().map(|text| page.decode(text)).collect()
    }

    fn written(page: &'static Encoding, texts: &[&str]) -> Vec<Vec<u8>> {
        texts.iter().map(|text| page.encode(text).0.into_owned()).collect()
    }

    /// The result of reading texts that are encoded in a code page.
    fn again(page: &'static Encoding, texts: &[&str]) -> Vec<String> {
        let written = written(page, texts);
        read(&written.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    #[test]
    fn western_names_stay_what_they_are() {
        for texts in [
            &["Björk", "Jóga"][..],
            &["Sigur Rós", "Ágætis byrjun", "Svefn-g-englar", "Ný batterí"],
            &["Mötley Crüe", "Motörhead", "Hüsker Dü", "Blue Öyster Cult"],
            &["Édith Piaf", "Non, je ne regrette rien", "À quoi ça sert l’amour ?"],
            &["Für Élise"],
            &["Öö"],
            &["jäääär"],
            &["Señorita – “¿Dónde está?”"],
            &["Françoise Hardy", "L'amitié"],
            &["Die Ärzte", "Ärzte ohne Grüße", "Ä"],
            &["Håkan Hellström", "Känn ingen sorg för mig Göteborg"],
            &["Åse", "Æ"],
            &["Maña è Ñañá"],
            &["Antonín Dvoøák"],
            &["Música n.º 1", "4½ Minuten", "25 °C", "x²"],
        ] {
            assert_eq!(again(WINDOWS_1252, texts), texts);
        }
    }

    #[test]
    fn other_scripts_are_recognised() {
        use encoding_rs::{BIG5, EUC_JP, EUC_KR, GBK, KOI8_R, WINDOWS_874, WINDOWS_1250, WINDOWS_1251};
        use encoding_rs::{WINDOWS_1253, WINDOWS_1255};
        for (page, texts) in [
            (WINDOWS_1251, &["Кино", "Группа крови"][..]),
            (WINDOWS_1251, &["Кино"]),
            (WINDOWS_1251, &["Песня"]),
            (WINDOWS_1251, &["Виктор Цой", "Звезда по имени Солнце", "Best of 1989"]),
            (WINDOWS_1251, &["АЛИСА", "ТРАССА Е-95"]),
            (KOI8_R, &["Виктор Цой", "Звезда по имени Солнце"]),
            (GBK, &["王菲", "红豆"]),
            (GBK, &["邓丽君", "月亮代表我的心", "Greatest Hits"]),
            (GBK, &["周杰伦", "七里香"]),
            (SHIFT_JIS, &["宇多田ヒカル", "First Love"]),
            (SHIFT_JIS, &["美空ひばり", "川の流れのように"]),
            (SHIFT_JIS, &["さくら"]),
            (SHIFT_JIS, &["ゆず"]),
            (SHIFT_JIS, &["川の流れのように"]),
            (EUC_JP, &["中島みゆき", "糸"]),
            (WINDOWS_1251, &["Любэ"]),
            (GBK, &["王菲"]),
            (WINDOWS_1255, &["עפרה חזה", "אם ננעלו"]),
            (WINDOWS_874, &["คาราบาว", "เมดอินไทยแลนด์"]),
            (EUC_KR, &["조용필", "돌아와요 부산항에"]),
            (BIG5, &["鄧麗君", "月亮代表我的心"]),
            (WINDOWS_1253, &["Μίκης Θεοδωράκης", "Ζορμπάς"]),
            (WINDOWS_1250, &["Głowa i żółta łódź", "Myślę, że jesteś tu", "Źdźbło"]),
            (UTF_8, &["Für Élise"]),
            (UTF_8, &["Кино"]),
        ] {
            assert_eq!(again(page, texts), texts, "{}", page.name());
        }
    }

    #[test]
    fn a_character_cut_in_two_spoils_nothing() {
        let whole = written(encoding_rs::GBK, &["月亮代表我的心", "邓丽君"]);
        let texts = [Text::Cut(whole[0][..whole[0].len() - 1].to_vec()), Text::Bytes(whole[1].clone())];
        let page = CodePage::of(texts.iter());
        assert_eq!([page.decode(&texts[0]), page.decode(&texts[1])], ["月亮代表我的", "邓丽君"]);
        let cut = Text::Cut("Für Élis\u{e9}".as_bytes()[..10].to_vec());
        assert_eq!(CodePage::of([&cut].into_iter()).decode(&cut), "Für Élis");
    }
}
