"""What a message says about a clock that stands in an entry. Not here: the clock itself (models/closing/calendar.py)."""

from collections.abc import Mapping
from typing import Any

from models.definitions import Label


def calendar_told(body: Mapping[str, Any]) -> Label:
    """By which calendar the clock of an entry runs, and which year of it is not published.

    >>> calendar_told({"calendar": "CN", "calendar_unpublished": [2027]}).en
    'by working days Monday to Friday, calendar of 2027 not published'
    """
    years = ", ".join(map(str, body.get("calendar_unpublished", ())))
    if years:
        return Label(
            f"按周一至周五计，{years} 年的放假安排尚未公布",
            f"by working days Monday to Friday, calendar of {years} not published",
        )
    if body.get("calendar") == "weekdays":
        return Label("按周一至周五计", "by working days Monday to Friday")
    return Label(f"按 {body['calendar']} 工作日计", f"by working days of {body['calendar']}")
