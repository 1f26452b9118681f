"""Some spans and, written out by hand, the days of every range that is looked at for them.

Belongs here: days. Not here: rows and what they come to (plain_reading.py).
"""

from datetime import date, timedelta

from warehouse.figures.plan import Span

D = date.fromisoformat
SPANS = [
    Span("2012-03", D("2012-03-01"), D("2012-03-31")),
    Span("2012-Q1", D("2012-01-01"), D("2012-03-31")),
    Span("2012", D("2012-01-01"), D("2012-12-31")),
    Span("2012-03-30", D("2012-03-01"), D("2012-03-30"), to_date=True),
]
# label -> range -> the days whose rows count, written out by hand
DAYS: dict[str, dict[str, tuple[str, str]]] = {
    "2012-03": {
        "current": ("2012-03-01", "2012-03-31"),
        "previous": ("2012-02-01", "2012-02-29"),
        "last_year": ("2011-03-01", "2011-03-31"),
        "window_40": ("2012-02-21", "2012-03-31"),
        "all": ("0001-01-01", "2012-03-31"),
        "start": ("2012-03-01", "2012-03-01"),
        "end": ("2012-03-31", "2012-03-31"),
    },
    "2012-Q1": {
        "current": ("2012-01-01", "2012-03-31"),
        "previous": ("2011-10-01", "2011-12-31"),
        "last_year": ("2011-01-01", "2011-03-31"),
        "window_40": ("2012-02-21", "2012-03-31"),
        "all": ("0001-01-01", "2012-03-31"),
        "start": ("2012-01-01", "2012-01-01"),
        "end": ("2012-03-31", "2012-03-31"),
    },
    "2012": {
        "current": ("2012-01-01", "2012-12-31"),
        "previous": ("2011-01-01", "2011-12-31"),
        "last_year": ("2011-01-01", "2011-12-31"),
        "window_40": ("2012-11-22", "2012-12-31"),
        "all": ("0001-01-01", "2012-12-31"),
        "start": ("2012-01-01", "2012-01-01"),
        "end": ("2012-12-31", "2012-12-31"),
    },
    "2012-03-30": {
        "current": ("2012-03-01", "2012-03-30"),
        "previous": ("2012-02-01", "2012-02-29"),
        "last_year": ("2011-03-01", "2011-03-30"),
        "window_40": ("2012-02-20", "2012-03-30"),
        "all": ("0001-01-01", "2012-03-30"),
        "start": ("2012-03-01", "2012-03-01"),
        "end": ("2012-03-30", "2012-03-30"),
    },
}
RANGES = {
    "current": "",
    "previous": "period: previous",
    "last_year": "period: last_year",
    "window_40": "window: 40",
    "all": "window: all",
    "start": "at: start",
    "end": "at: end",
}

# How many months lie between a day and the day of the span it is compared with, and that span.
MONTHS = {
    "2012-03": (1, "2012-03-01", "2012-03-31"),
    "2012-Q1": (3, "2012-01-01", "2012-03-31"),
    "2012": (12, "2012-01-01", "2012-12-31"),
    "2012-03-30": (1, "2012-03-01", "2012-03-30"),
}


def stands_for(day: date, label: str, reach: str) -> date:
    """The day of the span that a day of an earlier period stands beside."""
    months, first, last = MONTHS[label]
    number = day.month - 1 + (12 if reach == "last_year" else months)
    month = date(day.year + number // 12, number % 12 + 1, 1)
    later = [month + timedelta(days=n) for n in range(day.day)]
    same = [d for d in later if d.month == month.month][-1]
    return min(max(same, D(first)), D(last))
