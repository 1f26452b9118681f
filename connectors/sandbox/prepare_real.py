"""Rows of fact files from public sets: broadcasts (UCI 488) and absences (UCI 445), moved to the sample's two months.

Belongs here: the mapping of the two bundled slices to canonical columns. Not here: made-up rows (prepare_facts,
prepare_office) or how the slices were cut (prepare). What a set does not have stays empty.
"""

import csv
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

DATA = Path(__file__).parent / "data"
YEAR = 2011  # the broadcasts are of 2017, the absences of no stated year
DAY_HOURS = 8
_BANGKOK = ZoneInfo("Asia/Bangkok")
Row = dict[str, object]


def broadcasts(days: Sequence[date]) -> list[Row]:
    """One session per broadcast of `days`: room = page, start, comments; the set has no end, viewers or sales."""
    rows: list[Row] = []
    for post in _read("live_posts.csv"):
        local = datetime.strptime(post["published"], "%Y-%m-%d %H:%M").replace(year=YEAR, tzinfo=_BANGKOK)
        started = local.astimezone(ZoneInfo("UTC"))
        if days[0] <= started.date() <= days[-1]:
            rows.append(
                {
                    "session_id": post["status_id"],
                    "room_id": f"page-{post['status_id'].partition('_')[0]}",
                    "started_at": started.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "comments": int(post["num_comments"]),
                }
            )
    return rows


def attendance(people: Sequence[str], days: Sequence[date]) -> list[Row]:
    """Every working day of everybody; absent hours are those of the set, on days of its month and weekday.

    The set names month and weekday (2 = Monday) but no day, so its rows go to such days in turn; hours beyond a
    day go on to the next working day of the same person.
    """
    working = [day for day in days if day.weekday() < 5]
    absent: dict[tuple[str, date], int] = defaultdict(int)
    turn: dict[tuple[int, int], int] = defaultdict(int)
    for row in _read("absences.csv"):
        # to Python's weekday(), which counts from Monday = 0
        key = int(row["month"]), int(row["weekday"]) - 2
        fitting = [day for day in working if (day.month, day.weekday()) == key]
        first = fitting[turn[key] % len(fitting)]
        turn[key] += 1
        _lay(absent, people[(int(row["id"]) - 1) % len(people)], first, int(row["hours"]), working)
    return [_attended(who, day, min(absent[who, day], DAY_HOURS)) for day in working for who in people]


def _lay(
    absent: dict[tuple[str, date], int], who: str, first: date, hours: int, working: Sequence[date]
) -> None:
    day = first
    while hours > 0 and day <= working[-1]:
        if day in working:
            absent[who, day] += min(hours, DAY_HOURS)
            hours -= DAY_HOURS
        day += timedelta(days=1)


def _attended(who: str, day: date, absent: int) -> Row:
    return {
        "employee_id": who,
        "worked_on": day,
        "scheduled_hours": DAY_HOURS,
        "worked_hours": DAY_HOURS - absent,
        # a part of a day is fewer worked hours, not an absence
        "absent": absent == DAY_HOURS,
    }


def _read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
