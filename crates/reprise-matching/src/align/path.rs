//! Finds which seconds of two tracks match: traces back the chains that [`super::score`] measures.

use pulp::Arch;

use crate::align::matrix::Matrix;
use crate::align::score::{Score, Scratch, score, voice_score};
use crate::blocks::Blocks;
use crate::settings::Settings;
use crate::track::Track;

/// A passage of the query and the passage of the candidate that matches it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// Where it begins in the query, in seconds.
    pub query_start_s: f64,
    /// Where it ends in the query.
    pub query_end_s: f64,
    /// Where it begins in the candidate.
    pub candidate_start_s: f64,
    /// Where it ends in the candidate.
    pub candidate_end_s: f64,
}

/// A score with its key, its tempo and the matching passages.
#[derive(Debug, Clone, PartialEq)]
pub struct Alignment {
    /// The score, as from [`score`] or [`voice_score`].
    pub score: f32,
    /// Semitones by which the candidate is higher, -5..=6.
    pub key_shift: i8,
    /// Tempo of the candidate over that of the query: above 1 if the candidate is faster, 1 if nothing matches.
    pub tempo_ratio: f32,
    /// Passages in the order of the query. They overlap neither in the query nor in the candidate.
    pub spans: Vec<Span>,
    /// The view that was aligned.
    pub view: View,
}

/// What two tracks are aligned by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// Harmony: chord-pitch and chroma.
    #[default]
    Harmony,
    /// The sung melody.
    Voice,
}

impl View {
    /// Returns the name of this view in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Harmony => "harmony",
            Self::Voice => "voice",
        }
    }
}

/// Blocks in a window. A passage extends by this many blocks from the start of its last window.
const WINDOW_BLOCKS: usize = Settings::RECIPE.window_blocks;

/// The largest number of passages; more would be fragments.
const MOST_SPANS: usize = 6;

/// A further passage is shown only if its chain reaches this share of the best chain.
const WEAKEST_SHARE: f32 = 0.2;

/// Chains below this value are chance. It is the value of six windows of full similarity.
const LOWEST_CHAIN: f32 = 6.0;

/// Passages shorter than this, in seconds, mean nothing to a listener.
const SHORTEST_S: f64 = 8.0;

/// A cell of the similarity matrix: (row, column).
type Cell = (usize, usize);

/// Scores two tracks by harmony and traces the matching passages.
pub fn align(query: &Track, candidate: &Track) -> Alignment {
    align_by(View::Harmony, query, candidate)
}

/// Traces the matching passages of two tracks by harmony, in the key of `scored`.
pub fn align_at(scored: Score, query: &Track, candidate: &Track) -> Alignment {
    traced(View::Harmony, scored, (&query.harmony, query.block_s), (&candidate.harmony, candidate.block_s))
}

/// Scores two tracks by `view` and traces the matching passages. Uses harmony if one of the tracks has no voice.
pub fn align_by(view: View, query: &Track, candidate: &Track) -> Alignment {
    let mut scratch = Scratch::default();
    let sung = query.voice.as_ref().zip(candidate.voice.as_ref()).filter(|_| view == View::Voice);
    // Only if requested: scoring the voice takes four times as long as scoring the harmony.
    let voice = sung.and_then(|sung| Some((sung, voice_score(query, candidate, &mut scratch)?)));
    match voice {
        Some(((own, other), scored)) => {
            traced(view, scored, (&own.blocks, query.block_s), (&other.blocks, candidate.block_s))
        }
        None => align_at(score(query, candidate, &mut scratch), query, candidate),
    }
}

/// One side of an alignment: its blocks, and the seconds per block.
type Side<'a, const D: usize> = (&'a Blocks<D>, f64);

fn traced<const D: usize>(view: View, scored: Score, query: Side<D>, candidate: Side<D>) -> Alignment {
    let shift = usize::from(scored.key_shift.rem_euclid(12).unsigned_abs());
    let mut matrix = Matrix::default();
    let mut chains = Vec::new();
    if Arch::new().dispatch(|| matrix.fill(query.0, candidate.0, shift, &Settings::RECIPE)) {
        chains = extract_chains(&mut matrix, query.1.min(candidate.1));
    }
    chains.sort_unstable();
    Alignment {
        score: scored.score,
        key_shift: scored.key_shift,
        tempo_ratio: tempo_ratio(&chains, query.1, candidate.1),
        spans: chains.iter().map(|chain| span(chain, query.1, candidate.1)).collect(),
        view,
    }
}

/// Returns the first and last cell of the best chains. The rows and columns of a chain are removed before the next
/// chain is sought.
fn extract_chains(matrix: &mut Matrix, block_s: f64) -> Vec<(Cell, Cell)> {
    let shortest = (SHORTEST_S / block_s).ceil() as usize;
    let mut chains = Vec::new();
    let mut best = 0.0f32;
    for _ in 0..MOST_SPANS {
        let chain_values = chain_values(matrix);
        let Some((end, peak)) = peak(&chain_values, matrix.n_columns) else { break };
        best = best.max(peak);
        if peak < LOWEST_CHAIN.max(WEAKEST_SHARE * best) {
            break;
        }
        let start = trace_back(&chain_values, matrix, end);
        // Windows overlap, so windows that share blocks with this chain are removed too.
        remove(matrix, start, end);
        if (end.0 - start.0).min(end.1 - start.1) + WINDOW_BLOCKS >= shortest {
            chains.push((start, end));
        }
    }
    chains
}

/// Computes Q, `[n_rows, n_columns]`, as [`Scratch`] does, but keeps all rows.
fn chain_values(matrix: &Matrix) -> Vec<f32> {
    let width = matrix.n_columns;
    let mut chains = vec![0.0f32; matrix.n_rows * width];
    for i in 0..matrix.n_rows {
        for j in 0..width {
            let before = predecessors((i, j)).map(|(row, column)| chains[row * width + column]);
            let longest = before.fold(0.0f32, f32::max);
            chains[i * width + j] = (longest + matrix.windows[i * width + j]).max(0.0);
        }
    }
    chains
}

/// Returns the existing cells from which a chain can come.
fn predecessors((i, j): Cell) -> impl Iterator<Item = Cell> {
    [(1, 1), (2, 1), (1, 2)]
        .into_iter()
        .filter_map(move |(down, right)| Some((i.checked_sub(down)?, j.checked_sub(right)?)))
}

fn peak(chains: &[f32], width: usize) -> Option<(Cell, f32)> {
    let best = chains.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    Some(((best.0 / width, best.0 % width), *best.1))
}

/// Returns the first cell of the chain that ends at `end`. Among equal predecessors it takes the diagonal, because
/// nothing then indicates a different tempo.
fn trace_back(chains: &[f32], matrix: &Matrix, end: Cell) -> Cell {
    let value = |(row, column): Cell| chains[row * matrix.n_columns + column];
    let mut start = end;
    loop {
        let best =
            predecessors(start).reduce(|best, cell| if value(cell) > value(best) { cell } else { best });
        match best.filter(|cell| value(*cell) > 0.0) {
            Some(cell) => start = cell,
            None => return start,
        }
    }
}

/// Sets the rows and columns of a chain, and of windows that overlap it, to negative infinity: no chain can use them.
fn remove(matrix: &mut Matrix, start: Cell, end: Cell) {
    let reach = WINDOW_BLOCKS - 1;
    let near = |from: usize, to: usize, at: usize| at + reach >= from && at <= to + reach;
    let width = matrix.n_columns;
    for (index, value) in matrix.windows.iter_mut().enumerate() {
        if near(start.0, end.0, index / width) || near(start.1, end.1, index % width) {
            *value = f32::NEG_INFINITY;
        }
    }
}

/// Returns the seconds of the query over the seconds of the candidate along all chains. The length of a window is left
/// out, because it is the same on both sides whatever the tempo.
fn tempo_ratio(chains: &[(Cell, Cell)], query_block_s: f64, candidate_block_s: f64) -> f32 {
    let steps =
        |of: fn(&Cell) -> usize| chains.iter().map(|(start, end)| of(end) - of(start)).sum::<usize>() as f64;
    let (query_s, candidate_s) =
        (steps(|cell| cell.0) * query_block_s, steps(|cell| cell.1) * candidate_block_s);
    if query_s > 0.0 && candidate_s > 0.0 { (query_s / candidate_s) as f32 } else { 1.0 }
}

fn span((start, end): &(Cell, Cell), query_block_s: f64, candidate_block_s: f64) -> Span {
    let reach = |block: usize| (block + WINDOW_BLOCKS) as f64;
    Span {
        query_start_s: start.0 as f64 * query_block_s,
        query_end_s: reach(end.0) * query_block_s,
        candidate_start_s: start.1 as f64 * candidate_block_s,
        candidate_end_s: reach(end.1) * candidate_block_s,
    }
}
