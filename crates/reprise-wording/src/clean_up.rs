//! Why a copy stays or goes.

use reprise_library::{Copy, Fate, OtherSound, Rule, Stage, Stays};

use crate::time::clock;

/// A ceiling as high as this is the limit of a sample rate, not of a lossy encoder.
const RESAMPLED_HZ: u32 = 21_000;

/// How many places of difference are named.
const NAMED: usize = 3;

/// The rule as a part of a sentence: "lossless first, then most playlists".
pub fn rule(rule: &Rule) -> String {
    match rule {
        Rule::Lossless => "lossless".into(),
        Rule::Cues => "has cue points".into(),
        Rule::Playlists => "in most playlists".into(),
        Rule::Folder(folder) => format!("folder {}", folder.0.display()),
        Rule::BitRate => "highest quality".into(),
        Rule::Tags => "richest tags".into(),
        Rule::Oldest => "oldest".into(),
    }
}

/// What happens to a file of a group, and why. Follows the name of the file.
pub fn fate(fate: &Fate) -> String {
    match fate {
        Fate::Keep => "is kept".into(),
        Fate::Go { rule: Some(rule), .. } => format!("goes: {}", decided(rule)),
        Fate::Go { rule: None, .. } => "goes: you chose another".into(),
        Fate::Stay(why) => format!("stays: {}", stays(why)),
        Fate::Undecided { .. } => "needs you: no rule tells it from the one that is kept".into(),
    }
}

/// What makes a lossless file suspect; `None` if nothing does. It decides nothing.
pub fn hint(file: &Copy) -> Option<String> {
    let ceiling_hz = file.ceiling_hz?;
    let khz = f64::from(ceiling_hz) / 1000.0;
    let why = match ceiling_hz {
        // That of a compact disc, in a file with room for more.
        RESAMPLED_HZ.. => "its audio may have had a lower sample rate before",
        _ => "its audio may have been lossy before",
    };
    Some(format!("nothing above {khz:.1} kHz: {why}"))
}

/// How far a clean-up is, and what can be done about it.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Unfinished => "interrupted; finish it or undo it",
        Stage::Finished => "done; it can be undone",
        Stage::Undoing => "its undo was interrupted; undo it again",
        Stage::PartlyUndone => "undone in part; undo it again when nothing is in the way",
        Stage::Undone => "undone",
        Stage::Emptying => "its quarantine was being deleted; empty it again or undo it",
        Stage::PartlyEmptied => "its quarantine was deleted in part",
        Stage::Emptied => "deleted for good",
    }
}

/// What the kept file has by this rule.
fn decided(rule: &Rule) -> String {
    match rule {
        Rule::Lossless => "the kept file is lossless".into(),
        Rule::Cues => "the kept file has more cue points".into(),
        Rule::Playlists => "the kept file is in more playlists".into(),
        Rule::Folder(folder) => format!("the kept file is in {}", folder.0.display()),
        Rule::BitRate => "the kept file has the higher quality".into(),
        Rule::Tags => "the kept file has richer tags".into(),
        Rule::Oldest => "the kept file is older".into(),
    }
}

fn stays(why: &Stays) -> String {
    match why {
        Stays::OtherAlbum => "it is on another album".into(),
        Stays::Protected => "its folder is protected".into(),
        Stays::Companion => "a lossless file of the same name is beside it".into(),
        Stays::Remaster => "one of the two is a remaster".into(),
        Stays::SeveralNames => "the file has several names, so nothing would be freed".into(),
        Stays::CueSheet(sheet) => {
            let name = sheet.0.file_name().unwrap_or_default().to_string_lossy();
            format!("the CUE sheet {name} needs it")
        }
        Stays::OtherSound(why) => other_sound(why),
        Stays::Wanted => "you want it to stay".into(),
    }
}

/// How a file differs from the kept one: "different for 0.5 s at 1:12".
fn other_sound(why: &OtherSound) -> String {
    match why {
        OtherSound::Speed => "one of the two is faster".into(),
        OtherSound::Channels => "the left and right channels are not the same".into(),
        OtherSound::Places(places) => {
            let place =
                |[start_s, length_s]: &[f64; 2]| format!("for {length_s:.1} s at {}", clock(*start_s));
            let (first, more) = (places.iter().take(NAMED).map(place), places.len().saturating_sub(NAMED));
            let named = first.collect::<Vec<_>>().join(", ");
            match more {
                0 => format!("different {named}"),
                1 => format!("different {named} and at another place"),
                more => format!("different {named} and at {more} more places"),
            }
        }
        OtherSound::Unclear => "it could not be made out whether they are the same".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_says_what_decided_it() {
        let go = |rule| Fate::Go { keeper: 0, rule };
        assert_eq!(fate(&go(Some(Rule::Lossless))), "goes: the kept file is lossless");
        assert_eq!(fate(&go(None)), "goes: you chose another");
        let stays = |why| fate(&Fate::Stay(why));
        let places = vec![[72.0, 0.5], [100.0, 2.0], [120.0, 1.0], [130.0, 1.0]];
        assert_eq!(
            stays(Stays::OtherSound(OtherSound::Places(places[..1].into()))),
            "stays: different for 0.5 s at 1:12"
        );
        assert!(
            stays(Stays::OtherSound(OtherSound::Places(places)))
                .ends_with("2.0 s at 1:40, for 1.0 s at 2:00 and at another place")
        );
        assert_eq!(stays(Stays::Companion), "stays: a lossless file of the same name is beside it");
    }
}
