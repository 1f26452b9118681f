"""The words that decide about windows and days, as types: a misspelt one does not pass mypy.

Belongs here: what load_window and source_health hold in their columns of states. Not here: the state a reader sees
(published/health.py), causes (models/causes.py).
"""

from typing import Literal

LoadStatus = Literal["proven", "failed"]  # of a window: read whole, or not at all
WindowKind = Literal[
    "time", "cursor", "day"
]  # what a window speaks for: a span, a page of a cursor, whole days
DayStatus = Literal["proven", "missing"]  # of a shop's day: held by proven windows, or not
Finality = Literal["final", "open", "missing"]  # of a shop's day: settled, may still change, not proven
