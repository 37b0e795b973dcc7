"""One person in two records, one association in two: found and merged with all that hangs on them; and split."""
