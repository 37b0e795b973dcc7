"""Forms of people, by topic.

`accounts` are about one's own account; `profiles` about what one says of oneself; `persons` about persons and where
they belong; `associations` about associations; `expertise` about the list of keywords; `fields` holds what several
forms are made of, in features above too.
"""
