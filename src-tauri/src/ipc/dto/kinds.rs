//! What kind of rendition a track is, what says so, and how surely.

use reprise_library as library;
use serde::{Deserialize, Serialize};
use specta::Type;

/// A kind of rendition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    Cover,
    Live,
    Acoustic,
    Instrumental,
    Remix,
    Edit,
    Remaster,
    Demo,
    Medley,
    Translated,
}

impl From<Kind> for library::Kind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Cover => Self::Cover,
            Kind::Live => Self::Live,
            Kind::Acoustic => Self::Acoustic,
            Kind::Instrumental => Self::Instrumental,
            Kind::Remix => Self::Remix,
            Kind::Edit => Self::Edit,
            Kind::Remaster => Self::Remaster,
            Kind::Demo => Self::Demo,
            Kind::Medley => Self::Medley,
            Kind::Translated => Self::Translated,
        }
    }
}

impl From<library::Kind> for Kind {
    fn from(kind: library::Kind) -> Self {
        match kind {
            library::Kind::Cover => Self::Cover,
            library::Kind::Live => Self::Live,
            library::Kind::Acoustic => Self::Acoustic,
            library::Kind::Instrumental => Self::Instrumental,
            library::Kind::Remix => Self::Remix,
            library::Kind::Edit => Self::Edit,
            library::Kind::Remaster => Self::Remaster,
            library::Kind::Demo => Self::Demo,
            library::Kind::Medley => Self::Medley,
            library::Kind::Translated => Self::Translated,
        }
    }
}

/// What a claim rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Basis {
    Audio,
    Tags,
    User,
}

impl From<library::Source> for Basis {
    fn from(basis: library::Source) -> Self {
        match basis {
            library::Source::Audio => Self::Audio,
            library::Source::Tags => Self::Tags,
            library::Source::User => Self::User,
        }
    }
}

/// How sure the library is, as a word for the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Strength {
    Certain,
    Likely,
    Possible,
}

impl From<library::Confidence> for Strength {
    fn from(confidence: library::Confidence) -> Self {
        match confidence {
            library::Confidence::Certain => Self::Certain,
            library::Confidence::Likely => Self::Likely,
            library::Confidence::Possible | library::Confidence::Unlikely => Self::Possible,
        }
    }
}

/// That a track is of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    kind: Kind,
    basis: Basis,
    strength: Strength,
}

impl From<library::Claim> for Claim {
    fn from(claim: library::Claim) -> Self {
        Self { kind: claim.kind.into(), basis: claim.basis.into(), strength: claim.confidence.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_crosses_the_border_and_comes_back() {
        for kind in library::Kind::ALL {
            assert_eq!(library::Kind::from(Kind::from(kind)), kind);
            assert_eq!(format!("{:?}", Kind::from(kind)).to_lowercase(), kind.word());
        }
    }
}
