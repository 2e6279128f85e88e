"""Phrase lists and word lists, as data."""
