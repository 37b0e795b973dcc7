"""Measurements, run by `make bench`: never part of the tests, whose machines are noisy."""
