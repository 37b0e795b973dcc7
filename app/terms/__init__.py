"""Terms of participation: versioned texts, who accepted which of them when, and who has not.

What makes a person need to accept them (a seat in a group) is known above, in `membership`.
"""
