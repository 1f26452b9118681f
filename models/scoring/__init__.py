"""Scoring: how figures become scores, and scores a total.

Belongs here: one file per method, with its arguments, arithmetic, sentences and what the linter may ask of it; `registry`
lists them. Not here: whose figures are scored (models/scorecard), what is paid for a score (models/pay).
"""
