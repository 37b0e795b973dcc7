"""Forms of people, by topic.

`accounts` are about one's own account; `persons` about profiles, persons and where they belong; `associations` about
associations; `fields` holds what several forms are made of, in features above too.
"""
