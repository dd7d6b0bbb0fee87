"""Chord charts of published corpora: read, made comparable, and gathered into works."""
