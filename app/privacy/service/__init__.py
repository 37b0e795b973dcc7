"""Commands of erasure and retention."""
