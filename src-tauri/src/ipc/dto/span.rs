//! Passages that match.

use serde::Serialize;
use specta::Type;
use specta_typescript::Number;

/// Seconds of the chosen track and the seconds of its version that match them.
#[derive(Debug, Clone, Copy, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Span {
    #[specta(type = Number)]
    query_start_s: f64,
    #[specta(type = Number)]
    query_end_s: f64,
    #[specta(type = Number)]
    candidate_start_s: f64,
    #[specta(type = Number)]
    candidate_end_s: f64,
}

impl From<reprise_library::Span> for Span {
    fn from(span: reprise_library::Span) -> Self {
        Self {
            query_start_s: span.query_start_s,
            query_end_s: span.query_end_s,
            candidate_start_s: span.candidate_start_s,
            candidate_end_s: span.candidate_end_s,
        }
    }
}
