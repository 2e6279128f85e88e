"""Measured figures; `make bench`."""
