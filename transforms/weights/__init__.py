"""Weights of the experience classifier, as data."""
