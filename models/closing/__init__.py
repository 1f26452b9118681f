"""What people decide about a period: entries, what they add up to, who may make them. Pure.

Belongs here: entries and their chain, states of a period, rights. Not here: where entries are kept (warehouse/ledger), who runs a
command and what a page shows (pipelines).
"""
