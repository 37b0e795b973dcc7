"""Commands of merging. Each is one transaction: `persons` about people, `associations` about associations."""
