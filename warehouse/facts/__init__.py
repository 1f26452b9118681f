"""Raw rows as canonical facts (core_*): feeds, derived columns, attribution across facts, reconciliation, blocking checks.

Belongs here: what a row means. Not here: who is measured by it (figures).
"""
