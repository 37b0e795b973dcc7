"""Tests of representation."""
