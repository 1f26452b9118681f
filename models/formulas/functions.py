"""The closed set of functions that an expression may call.

Belongs here: names and how many arguments each takes. Not here: types of arguments (checker) or SQL
(warehouse/figures/expressions.py).
"""

MAX_ARGUMENTS = 10  # of least and greatest; an expression with more is a list, not a rule
DURATIONS = ("minutes", "hours", "days")  # of (later, earlier): two instants or two dates
EXTREMES = ("least", "greatest")

# name -> least and greatest number of arguments
ARGUMENTS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(DURATIONS, (2, 2)),
    "abs": (1, 1),
    **dict.fromkeys(EXTREMES, (2, MAX_ARGUMENTS)),
    "coalesce": (2, 2),  # a third value would never be reached: the second is a constant
}
