"""Marked synthetic data."""
