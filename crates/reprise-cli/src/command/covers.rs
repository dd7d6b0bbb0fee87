//! `covers FILE`: the versions of one track, best first, with the reasons.

use reprise_library::{Claim, Confidence, Cover, Heading, Relation, TrackInfo};
use reprise_wording::{not_matched, reason};
use serde::Serialize;

use crate::args::{self, Arguments};
use crate::command::open_existing;
use crate::failure::Failure;
use crate::json::{ClaimJson, CoverJson, TrackJson};
use crate::print::{self, plain};

#[derive(Serialize)]
struct CoversJson {
    query: TrackJson,
    in_library: bool,
    not_matched: Option<String>,
    kinds: Vec<ClaimJson>,
    covers: Vec<CoverJson>,
}

pub fn covers(arguments: &Arguments, wanted: &args::Covers) -> Result<(), Failure> {
    let library = open_existing(arguments)?;
    let file = std::path::absolute(&wanted.file).map_err(|error| Failure::file(&wanted.file, error))?;
    let answer = library.covers(&file, wanted.limit)?;
    if arguments.json {
        return print::json(&CoversJson {
            query: (&answer.query).into(),
            in_library: answer.in_library,
            not_matched: answer.not_matched.as_ref().map(not_matched),
            kinds: answer.kinds.iter().map(Into::into).collect(),
            covers: answer.covers.iter().map(Into::into).collect(),
        });
    }
    print::line(&format!("{}{}", title(&answer.query), kinds(&answer.kinds)))?;
    if let Some(reason) = &answer.not_matched {
        print::line(&format!("  This track {}.", not_matched(reason)))?;
    }
    for heading in Heading::ALL {
        group(words(heading), answer.covers.iter().filter(|cover| cover.heading() == heading))?;
    }
    let has_versions = answer.covers.iter().any(|cover| cover.relation != Relation::Unlikely);
    if has_versions || answer.not_matched.is_some() { Ok(()) } else { print::line("  No versions found.") }
}

fn words(heading: Heading) -> &'static str {
    match heading {
        Heading::SameRecording => "Same recording",
        Heading::AnotherCut => "Another cut of it",
        Heading::SameSong => "Same song",
        Heading::LikelySameSong => "Likely the same song",
        Heading::SharesPassage => "Shares a passage",
        Heading::Conflict => "Tags and audio disagree",
        Heading::Possible => "Possible",
        Heading::Unlikely => "Unlikely",
        Heading::Rejected => "You said no",
    }
}

fn group<'a>(heading: &str, covers: impl Iterator<Item = &'a Cover>) -> Result<(), Failure> {
    let mut covers = covers.peekable();
    if covers.peek().is_some() {
        print::line(&format!("  {heading}"))?;
    }
    for cover in covers {
        let score = cover.score.map_or_else(String::new, |score| format!("{score:.1}"));
        print::line(&format!("    {score:>5}  {}{}", title(&cover.track), kinds(&cover.kinds)))?;
        print::line(&format!("           {}", reason(&cover.reason)))?;
    }
    Ok(())
}

/// "Title - Artist", or the file name if the tags contain neither.
pub fn title(track: &TrackInfo) -> String {
    let name = print::path(track.path.file_name().unwrap_or_default().as_ref());
    plain(&match (&track.tags.title, &track.tags.artist) {
        (Some(title), Some(artist)) => format!("{title} - {artist}"),
        (Some(title), None) => title.clone(),
        _ => name,
    })
}

/// "  (live, perhaps cover)", to follow a title; empty without claims.
pub fn kinds(claims: &[Claim]) -> String {
    let word = |claim: &Claim| match claim.confidence {
        Confidence::Possible | Confidence::Unlikely => format!("perhaps {}", claim.kind.word()),
        Confidence::Certain | Confidence::Likely => claim.kind.word().into(),
    };
    if claims.is_empty() {
        String::new()
    } else {
        format!("  ({})", claims.iter().map(word).collect::<Vec<_>>().join(", "))
    }
}
