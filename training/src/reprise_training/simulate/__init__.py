"""Endless renditions of symbolic works, as the chord recogniser would hear them.

Start at `passages.PassageSampler`: it draws works, passages of them and how each rendition plays them (`renditions`),
and hands the chords to `recogniser`, which turns chords into chord-pitch frames.
"""
