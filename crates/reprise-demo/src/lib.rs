//! Public-domain melodies to the audio files of the demo library.
