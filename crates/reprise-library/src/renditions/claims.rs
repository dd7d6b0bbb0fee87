//! Claims about a track in comparison with the query: that it is live, a cover or a remix. Each claim has a source and
//! a confidence; the user's decision overrides all other sources.

use std::collections::HashSet;

use reprise_fingerprint::Sameness;
use reprise_store::{Decision, Recording, RecordingId, SharedAudio, Store};

use crate::error::Error;
use crate::limits::LONGEST_MATCHED_S;
use crate::recordings::track_info::TrackInfo;
use crate::recordings::words::sung_language;
use crate::relations::passages::{Places, are_several, share_a_place};
use crate::relations::same_audio::{SameAudio, of_pair};
use crate::relations::thresholds::{Confidence, Relation};
use crate::renditions::title_words::{Kind, kinds_in};
use crate::text::{artist_key, folded};

/// The source of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The audio.
    Audio,
    /// The tags.
    Tags,
    /// The user's decision.
    User,
}

/// The claim that a track is a rendition of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The kind.
    pub kind: Kind,
    /// The source.
    pub basis: Source,
    /// The confidence.
    pub confidence: Confidence,
}

/// From this sung share on a track counts as sung, so that versions without a voice are instrumental in comparison.
const SUNG: f32 = 0.1;

/// A track shorter than this may be a clip.
const SHORTEST_SONG_S: f64 = 60.0;

/// Words between the names of several performers, folded.
const TOGETHER: [&str; 12] = [
    " featuring ",
    " feat. ",
    " feat ",
    " ft. ",
    " ft ",
    " with ",
    " and ",
    " & ",
    " x ",
    " vs. ",
    " vs ",
    " / ",
];

/// The recording that others are compared with.
pub(crate) struct Reference<'a> {
    pub artist: Option<&'a str>,
    /// `None` if its voice is not analysed.
    pub sung_share: Option<f32>,
    /// The code of the language in which it is sung, if that is sure.
    pub language: Option<&'a str>,
}

/// What is known about a recording, independent of what it is compared with.
pub(crate) struct RenditionEvidence {
    sung_share: Option<f32>,
    /// The code of the language in which it is sung, if that is sure.
    pub language: Option<String>,
    /// Whether several songs were found in it.
    holds_songs: bool,
    said: Vec<(Kind, bool)>,
}

impl RenditionEvidence {
    pub fn of(reader: &Store, recording: &Recording) -> Result<Self, Error> {
        let said = reader.decisions_of(&recording.sound.payload)?;
        let mut inside = reader.passages_of(recording.id)?;
        inside.retain(|passage| passage.container == recording.id);
        // A set is recognised by its length.
        let is_set = recording.sound.duration_s > LONGEST_MATCHED_S && !inside.is_empty();
        let shared = reader.shared_audio_of(recording.id)?;
        Ok(Self {
            sung_share: recording.sung_share,
            language: sung_language(reader, recording.id)?,
            holds_songs: is_set || are_several(&inside) || holds_whole_songs(recording.id, &shared),
            said: said.iter().filter_map(known).collect(),
        })
    }

    /// The claims about a track that contains this recording, without a comparison.
    pub fn claims(&self, track: &TrackInfo) -> Vec<Claim> {
        self.judged(tagged_kinds(track).into_iter().chain(self.medley()).collect())
    }

    /// The claims about a track that contains this recording, in comparison with `beside`. `relation` and `same` are
    /// its relation to that recording and the audio that both share.
    pub fn claims_beside(
        &self,
        beside: &Reference,
        track: &TrackInfo,
        relation: Relation,
        same: Option<&SameAudio>,
    ) -> Vec<Claim> {
        let mut claims = tagged_kinds(track);
        claims.extend(self.medley());
        claims.extend(self.by_audio(beside, relation, same));
        claims.extend(by_artist(beside.artist, track.tags.artist.as_deref(), relation, same));
        self.judged(claims)
    }

    fn medley(&self) -> Option<Claim> {
        let claim = Claim { kind: Kind::Medley, basis: Source::Audio, confidence: Confidence::Possible };
        self.holds_songs.then_some(claim)
    }

    fn by_audio(&self, beside: &Reference, relation: Relation, same: Option<&SameAudio>) -> Vec<Claim> {
        let mut claims = Vec::new();
        let mut claim = |kind, confidence| claims.push(Claim { kind, basis: Source::Audio, confidence });
        let shares = |sameness| same.is_some_and(|same| same.sameness == sameness);
        let shares_a_part = shares(Sameness::Part);
        match relation {
            Relation::Edit => claim(Kind::Edit, Confidence::Certain),
            // The same song with some of the same audio, but in another arrangement.
            Relation::Version | Relation::Confirmed | Relation::Tagged if shares_a_part => {
                claim(Kind::Remix, Confidence::Possible);
            }
            _ => {}
        }
        let is_sung = |share: Option<f32>| share.is_some_and(|share| share >= SUNG);
        if relation.is_one_song() && is_sung(beside.sung_share) && self.sung_share == Some(0.0) {
            claim(Kind::Instrumental, Confidence::Likely);
        }
        let languages = beside.language.zip(self.language.as_deref());
        let is_one_song = relation.is_one_song() || relation == Relation::Possible;
        if is_one_song && same.is_none() && languages.is_some_and(|(one, other)| one != other) {
            claim(Kind::Translated, Confidence::Possible);
        }
        claims
    }

    /// The most confident claim of each kind. If the user has decided about a kind, the decision replaces the claim.
    fn judged(&self, mut claims: Vec<Claim>) -> Vec<Claim> {
        claims.retain(|claim| self.said.iter().all(|(kind, _)| *kind != claim.kind));
        let said = self.said.iter().filter(|(_, is_one)| *is_one);
        claims.extend(said.map(|(kind, _)| Claim {
            kind: *kind,
            basis: Source::User,
            confidence: Confidence::Certain,
        }));
        claims.sort_by_key(|claim| (claim.kind, claim.confidence));
        claims.dedup_by_key(|claim| claim.kind);
        claims
    }
}

/// Whether a recording contains the same audio as several tracks of the length of a song, one after another. Shorter
/// tracks may be clips of one song, so they prove nothing.
fn holds_whole_songs(recording: RecordingId, shared: &[SharedAudio]) -> bool {
    let mut songs: Vec<Places> = Vec::new();
    for pair in shared {
        let (other_s, place) = if pair.a == recording { (pair.b_s, 0) } else { (pair.a_s, 1) };
        let own_s = if pair.a == recording { pair.a_s } else { pair.b_s };
        let is_inside = of_pair(pair).is_some_and(|same| same.sameness == Sameness::Inside);
        if is_inside && own_s > other_s && other_s >= SHORTEST_SONG_S {
            let span = |stretch: &[f32; 4]| {
                let (start_s, length_s) = (f64::from(stretch[place]), f64::from(stretch[2]));
                (start_s, start_s + length_s)
            };
            songs.push(pair.stretches.iter().map(span).collect());
        }
    }
    songs.iter().enumerate().any(|(n, one)| songs[n + 1..].iter().any(|other| !share_a_place(one, other)))
}

/// A decision about a kind that this version of Reprise knows.
fn known(decision: &Decision) -> Option<(Kind, bool)> {
    let kind = Kind::from_word(decision.question.word()).filter(|_| decision.question.b().is_none())?;
    Some((kind, decision.is_yes))
}

/// The kinds that a track's title (or its file name) and its album indicate.
pub(crate) fn tagged_kinds(track: &TrackInfo) -> Vec<Claim> {
    let file = track.path.file_stem().unwrap_or_default().to_string_lossy();
    let kinds = kinds_in(track.tags.title.as_deref(), &file, track.tags.album.as_deref());
    let claim = |kind| Claim { kind, basis: Source::Tags, confidence: Confidence::Likely };
    kinds.into_iter().map(claim).collect()
}

/// A cover is the same song by another artist and contains no part of the same recording.
fn by_artist(
    one: Option<&str>,
    other: Option<&str>,
    relation: Relation,
    same: Option<&SameAudio>,
) -> Option<Claim> {
    let confidence = match relation {
        Relation::Confirmed | Relation::Tagged | Relation::Version => Confidence::Likely,
        Relation::Possible => Confidence::Possible,
        _ => return None,
    };
    let (one, other) = (performers(one?), performers(other?));
    let is_another = same.is_none() && !one.is_empty() && !other.is_empty() && one.is_disjoint(&other);
    is_another.then_some(Claim { kind: Kind::Cover, basis: Source::Tags, confidence })
}

/// The names in an artist tag, folded for comparison.
fn performers(artist: &str) -> HashSet<String> {
    let mut names = folded(artist).replace([',', ';', '+', '(', ')', '[', ']'], " / ");
    for word in TOGETHER {
        names = names.replace(word, " / ");
    }
    names.split(" / ").filter_map(artist_key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recordings::track_info::TrackInfo;
    use reprise_store::Tags;

    fn track(title: &str, artist: Option<&str>) -> TrackInfo {
        TrackInfo {
            id: None,
            path: "/music/a.flac".into(),
            tags: Tags { title: Some(title.into()), artist: artist.map(Into::into), ..Tags::default() },
            duration_s: Some(180.0),
            is_missing: false,
        }
    }

    fn nature(sung_share: Option<f32>, said: &[(Kind, bool)]) -> RenditionEvidence {
        RenditionEvidence { sung_share, language: None, holds_songs: false, said: said.to_vec() }
    }

    const BESIDE: Reference<'static> =
        Reference { artist: Some("The Beatles"), sung_share: Some(0.6), language: Some("en") };

    fn shared(sameness: Sameness) -> SameAudio {
        SameAudio { sameness, stretches: Vec::new() }
    }

    fn told(claims: &[Claim]) -> Vec<(Kind, Source, Confidence)> {
        claims.iter().map(|claim| (claim.kind, claim.basis, claim.confidence)).collect()
    }

    #[test]
    fn a_version_by_somebody_else_is_a_cover_and_one_together_with_the_artist_is_none() {
        let claims = |artist, relation| {
            let nature = nature(Some(0.5), &[]);
            told(&nature.claims_beside(&BESIDE, &track("Help!", artist), relation, None))
        };
        let cover = |confidence| [(Kind::Cover, Source::Tags, confidence)];
        assert_eq!(claims(Some("Joan Baez"), Relation::Version), cover(Confidence::Likely));
        assert_eq!(claims(Some("Joan Baez"), Relation::Possible), cover(Confidence::Possible));
        for artist in [
            None,
            Some("Beatles"),
            Some("Billy Preston feat. the BEATLES"),
            Some("Billy Preston, The Beatles"),
            Some(" "),
        ] {
            assert_eq!(claims(artist, Relation::Version), []);
        }
        for relation in [Relation::Recording, Relation::Edit, Relation::Part, Relation::Rejected] {
            let kinds = claims(Some("Joan Baez"), relation);
            assert!(kinds.iter().all(|(kind, _, _)| *kind != Kind::Cover), "{relation:?}");
        }
    }

    #[test]
    fn what_sounds_tells_edits_instrumentals_medleys_and_leaves_remixes_open() {
        let claims = |sung, relation, sameness: Option<Sameness>| {
            let same = sameness.map(shared);
            let track = track("Help!", Some("The Beatles"));
            told(&nature(sung, &[]).claims_beside(&BESIDE, &track, relation, same.as_ref()))
        };
        let audio = |kind, confidence| [(kind, Source::Audio, confidence)];
        assert_eq!(
            claims(Some(0.5), Relation::Edit, Some(Sameness::Edit)),
            audio(Kind::Edit, Confidence::Certain)
        );
        assert_eq!(claims(Some(0.0), Relation::Version, None), audio(Kind::Instrumental, Confidence::Likely));
        assert_eq!(claims(None, Relation::Version, None), [], "its voice was not listened for");
        assert_eq!(claims(Some(0.0), Relation::Possible, None), []);
        assert_eq!(
            claims(None, Relation::Part, Some(Sameness::Inside)),
            [],
            "a song that holds a clip of itself is no medley"
        );
        assert_eq!(
            claims(None, Relation::Version, Some(Sameness::Part)),
            audio(Kind::Remix, Confidence::Possible)
        );
    }

    #[test]
    fn a_version_in_another_language_is_perhaps_translated_and_one_in_an_unsure_language_is_not() {
        let claims = |language: Option<&str>, relation, same: Option<&SameAudio>| {
            let nature = RenditionEvidence { language: language.map(Into::into), ..nature(Some(0.5), &[]) };
            told(&nature.claims_beside(&BESIDE, &track("Komm", Some("The Beatles")), relation, same))
        };
        let translated = [(Kind::Translated, Source::Audio, Confidence::Possible)];
        assert_eq!(claims(Some("de"), Relation::Version, None), translated);
        assert_eq!(claims(Some("de"), Relation::Possible, None), translated);
        for (language, relation) in
            [(Some("en"), Relation::Version), (None, Relation::Version), (Some("de"), Relation::Rejected)]
        {
            assert_eq!(claims(language, relation, None), []);
        }
        let same = shared(Sameness::Whole);
        assert_eq!(claims(Some("de"), Relation::Recording, Some(&same)), [], "one voice in two files");
    }

    #[test]
    fn several_songs_inside_make_a_medley_perhaps() {
        let medley = RenditionEvidence { holds_songs: true, ..nature(None, &[]) };
        let claims = medley.claims(&track("Saturday Night", None));
        assert_eq!(told(&claims), [(Kind::Medley, Source::Audio, Confidence::Possible)]);
        let unlike = RenditionEvidence { said: vec![(Kind::Medley, false)], ..medley };
        assert_eq!(unlike.claims(&track("Saturday Night", None)), []);
    }

    #[test]
    fn the_user_s_word_is_above_tags_and_audio() {
        let nature =
            nature(Some(0.0), &[(Kind::Live, false), (Kind::Demo, true), (Kind::Instrumental, true)]);
        let claims = nature.claims_beside(&BESIDE, &track("Help! (Live)", None), Relation::Version, None);
        let user = |kind| (kind, Source::User, Confidence::Certain);
        assert_eq!(told(&claims), [user(Kind::Instrumental), user(Kind::Demo)]);
        assert_eq!(told(&nature.claims(&track("Help! (Live)", None))), told(&claims));
    }

    #[test]
    fn two_whole_songs_one_after_another_make_a_medley_and_two_clips_do_not() {
        let id = RecordingId;
        // The set has the greater row in the first pairs and the lesser row in the later ones.
        let pair = |other: u32, other_s: f64, at_s: f32| match other < 5 {
            true => SharedAudio {
                a: id(other),
                b: id(5),
                a_s: other_s,
                b_s: 600.0,
                sameness: "inside".into(),
                stretches: vec![[0.0, at_s, other_s as f32, 1.0]],
            },
            false => SharedAudio {
                a: id(5),
                b: id(other),
                a_s: 600.0,
                b_s: other_s,
                sameness: "inside".into(),
                stretches: vec![[at_s, 0.0, other_s as f32, 1.0]],
            },
        };
        let (first, second) = (pair(1, 180.0, 0.0), pair(6, 200.0, 190.0));
        assert!(holds_whole_songs(id(5), &[first.clone(), second.clone()]));
        assert!(!holds_whole_songs(id(5), &[first.clone(), pair(7, 170.0, 5.0)]), "two files of one song");
        assert!(!holds_whole_songs(id(5), std::slice::from_ref(&first)));
        assert!(!holds_whole_songs(id(5), &[pair(1, 30.0, 10.0), pair(6, 30.0, 100.0)]), "clips");
        assert!(!holds_whole_songs(id(1), &[first, second]), "a song that is in a set holds none");
    }
}
