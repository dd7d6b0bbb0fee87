//! How a model that embeds tracks is used: the `[vectors]` table of its manifest.

use serde::Deserialize;

/// How a track becomes embeddings.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Table")]
pub struct VectorPlan {
    /// The inputs in the order of their rows, twelve rows each: `crema`, `chroma`, `melody`.
    pub views: Vec<String>,
    /// A track is embedded in this many keys, the likeliest ones.
    pub n_keys: usize,
    /// The mean frame of the track's first view is most similar to this after it is raised to a likely key.
    pub key_template: [f32; 12],
    /// What is kept of the network's output.
    pub kind: VectorKind,
}

/// What a track is represented by in each key.
#[derive(Debug, Clone, PartialEq)]
pub enum VectorKind {
    /// One embedding of the beginning of the track, a window long. What is shorter ends in silence.
    Whole,
    /// Local embeddings from overlapping windows.
    Local(LocalPlan),
}

/// How a track is cut into windows, and which of their local embeddings are kept. Lengths are in frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalPlan {
    /// Frames of a local embedding.
    pub frames_each: usize,
    /// From one window to the next.
    pub hop_frames: usize,
    /// The first local embedding of a window that is kept.
    pub first_kept: usize,
    /// How many are kept.
    pub n_kept: usize,
    /// Of a track's local embeddings every so many is kept.
    pub step: usize,
}

impl LocalPlan {
    /// Whether the kept local embeddings of consecutive windows are consecutive and together cover the track. A window
    /// has `n_local` local embeddings and `window_frames` frames.
    pub(crate) fn covers(&self, n_local: usize, window_frames: usize) -> bool {
        let Self { frames_each, hop_frames, first_kept, n_kept, step } = *self;
        step > 0
            && n_kept > 0
            && frames_each > 0
            && first_kept.checked_add(n_kept).is_some_and(|kept| kept <= n_local)
            && n_local.checked_mul(frames_each) == Some(window_frames)
            && n_kept.checked_mul(frames_each) == Some(hop_frames)
    }
}

/// The table as it is written. Without `kind` it is one of local embeddings: manifests had no others at first.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    kind: Option<Kind>,
    views: Vec<String>,
    frames_each: Option<usize>,
    hop_frames: Option<usize>,
    first_kept: Option<usize>,
    n_kept: Option<usize>,
    step: Option<usize>,
    n_keys: usize,
    key_template: [f32; 12],
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Whole,
    Moments,
}

impl TryFrom<Table> for VectorPlan {
    type Error = String;

    fn try_from(table: Table) -> Result<Self, String> {
        let Table { kind, views, frames_each, hop_frames, first_kept, n_kept, step, n_keys, key_template } =
            table;
        let lengths = [frames_each, hop_frames, first_kept, n_kept, step];
        let kind = match (kind.unwrap_or(Kind::Moments), lengths) {
            (Kind::Whole, [None, None, None, None, None]) => VectorKind::Whole,
            (Kind::Whole, _) => return Err("vectors of whole tracks have no windows".into()),
            (
                Kind::Moments,
                [Some(frames_each), Some(hop_frames), Some(first_kept), Some(n_kept), Some(step)],
            ) => VectorKind::Local(LocalPlan { frames_each, hop_frames, first_kept, n_kept, step }),
            (Kind::Moments, _) => return Err("vectors of moments lack a length of their windows".into()),
        };
        Ok(Self { views, n_keys, key_template, kind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARED: &str = "views = ['crema']\nn_keys = 3\nkey_template = [0,0,0,0,0,0,0,0,0,0,0,0.5]\n";
    const LENGTHS: &str = "frames_each = 12\nhop_frames = 216\nfirst_kept = 9\nn_kept = 18\nstep = 2\n";

    fn read(text: &str) -> Result<VectorKind, String> {
        let plan: Result<VectorPlan, _> = toml::from_str(&format!("{SHARED}{text}"));
        plan.map(|plan| plan.kind).map_err(|error| error.to_string())
    }

    #[test]
    fn a_table_without_a_kind_is_one_of_local_embeddings() {
        let local = LocalPlan { frames_each: 12, hop_frames: 216, first_kept: 9, n_kept: 18, step: 2 };
        assert!(local.covers(36, 432));
        let local = Ok(VectorKind::Local(local));
        assert_eq!(read(LENGTHS), local);
        assert_eq!(read(&format!("kind = 'moments'\n{LENGTHS}")), local);
        assert_eq!(read("kind = 'whole'"), Ok(VectorKind::Whole));
    }

    #[test]
    fn a_table_that_contradicts_itself_is_refused_with_the_reason() {
        let refused = |text: &str| read(text).unwrap_err();
        assert!(refused("").contains("lack a length"));
        assert!(
            refused(&LENGTHS.replace("step", "steps")).contains("steps"),
            "a misspelt name has an effect"
        );
        assert!(refused(&format!("kind = 'whole'\n{LENGTHS}")).contains("have no windows"));
        assert!(refused("kind = 'half'").contains("half"));
    }
}
