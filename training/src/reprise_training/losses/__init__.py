"""Losses, each with a slow twin in the tests."""
