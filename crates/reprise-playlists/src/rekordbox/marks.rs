//! Carries marks from one track to another, and moves the marks of a track whose file has become another one.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use crate::edits::Edits;
use crate::outcome::{Fate, Obstacle};
use crate::playlist::{Mark, MarkKind};
use crate::rekordbox::collection::{MarkAt, Row};

/// Two marks of one kind that are closer than this are one, in microseconds.
const SAME_MARK_US: i64 = 10_000;

/// A shift below this does not change a position that is written in milliseconds.
const LEAST_SHIFT_S: f64 = 0.0005;

/// What became of a mark.
pub(crate) type Told = (Mark, Fate);

/// A track that gets marks of others.
pub(crate) struct Carrying<'a> {
    source: &'a str,
    row: &'a Row,
    positions: HashMap<MarkKind, BTreeSet<i64>>,
    hot_cues: HashSet<u32>,
    /// The new elements, with the white space before each.
    added: String,
}

impl<'a> Carrying<'a> {
    /// Prepares a track whose own marks are moved by `shift_s` seconds.
    pub fn onto(source: &'a str, row: &'a Row, shift_s: f64) -> Self {
        let mut positions: HashMap<MarkKind, BTreeSet<i64>> = HashMap::new();
        for mark in row.marks.iter().map(|at| &at.mark) {
            let Some(start_s) = mark.start_s else { continue };
            positions.entry(mark.kind).or_default().insert(microseconds(start_s + shift_s));
        }
        let hot_cues = row.marks.iter().filter_map(|at| at.mark.hot_cue).collect();
        Self { source, row, positions, hot_cues, added: String::new() }
    }

    /// Carries the marks of another track over. `offset_s` is added to their positions; `None` when it is not known.
    pub fn carry(&mut self, from: &Row, offset_s: Option<f64>) -> Vec<Told> {
        let mut new = Vec::new();
        let mut told = Vec::new();
        for at in &from.marks {
            let fate = match self.position(at, offset_s) {
                Err(obstacle) => Fate::NotCarried(obstacle),
                Ok((start_s, end_s)) => {
                    new.push((at.mark.kind, microseconds(start_s)));
                    self.add(at, rounded(start_s), end_s.map(rounded))
                }
            };
            told.push((at.mark.clone(), fate));
        }
        // Only now: a hot cue and a memory cue of one track may stand at one position.
        for (kind, position) in new {
            self.positions.entry(kind).or_default().insert(position);
        }
        told
    }

    /// Returns the position of a mark on the keeper, and its end.
    fn position(&self, at: &MarkAt, offset_s: Option<f64>) -> Result<(f64, Option<f64>), Obstacle> {
        let offset_s = offset_s.ok_or(Obstacle::OffsetUnknown)?;
        let start_s = at.mark.start_s.ok_or(Obstacle::Unreadable)? + offset_s;
        let end_s = match (&at.end, at.mark.end_s) {
            (None, _) => None,
            (Some(_), Some(end_s)) => Some(end_s + offset_s),
            (Some(_), None) => return Err(Obstacle::Unreadable),
        };
        if rounded(start_s) < 0.0 {
            return Err(Obstacle::BeforeStart);
        }
        let last_s = end_s.map_or(start_s, |end_s| end_s.max(start_s));
        if self.row.total_time_s.is_some_and(|total_s| rounded(last_s) > total_s) {
            return Err(Obstacle::AfterEnd);
        }
        let us = microseconds(start_s);
        let near = us.saturating_sub(SAME_MARK_US)..=us.saturating_add(SAME_MARK_US);
        let others = self.positions.get(&at.mark.kind);
        if others.is_some_and(|others| others.range(near).next().is_some()) {
            return Err(Obstacle::AlreadyThere);
        }
        Ok((start_s, end_s))
    }

    /// Adds a copy of a mark's element at another position.
    fn add(&mut self, at: &MarkAt, start_s: f64, end_s: Option<f64>) -> Fate {
        let is_now_memory_cue = at.mark.hot_cue.is_some_and(|number| !self.hot_cues.insert(number));
        let within = |span: &Range<usize>| span.start - at.element.start..span.end - at.element.start;
        let mut edits = Edits::default();
        edits.replace(within(&at.start), format!("{start_s:.3}"));
        if let (Some(span), Some(end_s)) = (&at.end, end_s) {
            edits.replace(within(span), format!("{end_s:.3}"));
        }
        if let (Some(span), true) = (&at.num, is_now_memory_cue) {
            edits.replace(within(span), "-1");
        }
        let sibling = self.row.last_child.as_ref().map_or(at.element.start, |child| child.start);
        self.added.push_str(white_space_before(self.source, sibling));
        let element = edits.apply(&self.source.as_bytes()[at.element.clone()]);
        self.added.push_str(&String::from_utf8_lossy(&element));
        Fate::Carried { at_s: start_s, is_now_memory_cue }
    }

    /// Writes the new marks into the track. A track whose tag closes itself is opened for them.
    pub fn write(self, edits: &mut Edits) {
        let Self { source, row, added, .. } = self;
        if added.is_empty() {
            return;
        }
        let before_end = white_space_before(source, row.tag.start);
        match &row.last_child {
            Some(child) => edits.replace(child.end..child.end, added),
            None if row.is_empty => {
                edits.replace(row.tag.end - 2..row.tag.end, format!(">{added}{before_end}</TRACK>"));
            }
            None if row.end == row.tag.end => {
                edits.replace(row.end..row.end, format!("{added}{before_end}"));
            }
            None => edits.replace(row.tag.end..row.tag.end, added),
        }
    }
}

/// Moves the marks and the beat grid of a track whose file is another one now.
pub(crate) fn shift(row: &Row, offset_s: Option<f64>, edits: &mut Edits) -> Vec<Told> {
    let Some(offset_s) = offset_s else {
        let all = row.marks.iter().chain(&row.tempos);
        return all.map(|at| (at.mark.clone(), Fate::NotCarried(Obstacle::OffsetUnknown))).collect();
    };
    let mut told: Vec<Told> = Vec::new();
    for at in &row.marks {
        let fate = match at.mark.start_s.map(|start_s| rounded(start_s + offset_s)) {
            None => Fate::NotCarried(Obstacle::Unreadable),
            Some(_) if at.end.is_some() && at.mark.end_s.is_none() => Fate::NotCarried(Obstacle::Unreadable),
            Some(start_s) if start_s < 0.0 => Fate::NotCarried(Obstacle::BeforeStart),
            Some(start_s) => {
                move_to(edits, &at.start, start_s, offset_s);
                if let (Some(span), Some(end_s)) = (&at.end, at.mark.end_s) {
                    move_to(edits, span, rounded(end_s + offset_s), offset_s);
                }
                Fate::Carried { at_s: start_s, is_now_memory_cue: false }
            }
        };
        told.push((at.mark.clone(), fate));
    }
    let grid = shifted_grid(&row.tempos, offset_s);
    for (number, at) in row.tempos.iter().enumerate() {
        let fate = match &grid {
            Ok(starts_s) => {
                let by_s = starts_s[number] - at.mark.start_s.unwrap_or_default();
                move_to(edits, &at.start, starts_s[number], by_s);
                Fate::Carried { at_s: starts_s[number], is_now_memory_cue: false }
            }
            Err(obstacle) => Fate::NotCarried(*obstacle),
        };
        told.push((at.mark.clone(), fate));
    }
    told
}

/// Returns the positions of a shifted beat grid. What would begin before the file begins whole bars later, where the
/// same beat of the bar is. A grid is moved as a whole or not at all.
fn shifted_grid(tempos: &[MarkAt], offset_s: f64) -> Result<Vec<f64>, Obstacle> {
    let mut starts_s = Vec::with_capacity(tempos.len());
    for at in tempos {
        let mut start_s = at.mark.start_s.ok_or(Obstacle::Unreadable)? + offset_s;
        if rounded(start_s) < 0.0 {
            let (bpm, beats) = at.beats.ok_or(Obstacle::BeforeStart)?;
            let bar_s = beats * 60.0 / bpm;
            start_s += (-start_s / bar_s).ceil() * bar_s;
        }
        starts_s.push(rounded(start_s));
    }
    let was_in_order = tempos.is_sorted_by(|a, b| a.mark.start_s <= b.mark.start_s);
    let is_whole = starts_s.iter().all(|start_s| start_s.is_finite());
    if !is_whole || (was_in_order && !starts_s.is_sorted_by(|a, b| a < b)) {
        return Err(Obstacle::BeforeStart);
    }
    Ok(starts_s)
}

fn move_to(edits: &mut Edits, span: &Range<usize>, to_s: f64, by_s: f64) {
    if by_s.abs() >= LEAST_SHIFT_S {
        edits.replace(span.clone(), format!("{to_s:.3}"));
    }
}

/// Rounds to milliseconds, and never returns a negative zero.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0 + 0.0
}

fn microseconds(seconds: f64) -> i64 {
    (seconds * 1e6).round() as i64
}

/// Returns the line break and the indentation before a byte.
fn white_space_before(source: &str, at: usize) -> &str {
    // Longer indentations are no indentations.
    let window = &source.as_bytes()[at.saturating_sub(200)..at];
    let n_spaces = window.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
    let spaces = &source[at - n_spaces..at];
    match (spaces.rfind("\r\n"), spaces.rfind(['\n', '\r'])) {
        (Some(crlf), Some(any)) if any == crlf + 1 => &spaces[crlf..],
        (_, Some(any)) => &spaces[any..],
        (_, None) => spaces,
    }
}
