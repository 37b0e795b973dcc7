"""Calls for experts: a group says whom it looks for, associations nominate, experts apply, coordinators choose."""
