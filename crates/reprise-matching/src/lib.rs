//! Feature frames to alignments, neighbours and clusters: pure mathematics.
