//! Samples to constant-Q, CREMA input and chroma: pure functions.
