//! CREMA input to chord-pitch frames, through ONNX Runtime.
