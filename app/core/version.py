"""The program's version, where every feature can read it; `pyproject.toml` says the same."""

VERSION = "0.1.0"
