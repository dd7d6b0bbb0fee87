"""Tunes of published collections: read, kept apart from validation, and gathered into works."""
