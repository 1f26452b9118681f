"""What is not as it should be when a period is locked: inputs that are missing, old or not final.

Belongs here: finding them in what is published and in the warehouse. Not here: what a gap does to a lock
(models/closing/locking.py), everything else that a month waits for (`kpi close`).
"""

from collections.abc import Iterator, Mapping

from duckdb import DuckDBPyConnection

from models.closing.locking import LockGap
from models.periods import Period
from warehouse.figures.basis import period_inputs
from warehouse.published.present_cards import PresentCard
from warehouse.published.provenance import health
from warehouse.published.read import inputs

_INPUTS_ZH = {
    "people in the period": "人员",
    "ownership in the period": "归属",
    "targets in the period": "目标",
    "ratings in the period": "评分",
}
_SHORT = 8  # digits of a digest that tell one content from another


def lock_gaps(
    published: DuckDBPyConnection,
    warehouse: DuckDBPyConnection,
    period: Period,
    cards: Mapping[str, PresentCard],
) -> list[LockGap]:
    """Every gap, by name: provisional cards, days without a proven source, inputs that changed since the score."""
    found = [
        *_provisional(cards),
        *_unproven(published, period),
        *_changed(published, warehouse, period),
    ]
    return sorted(found, key=lambda gap: gap.name)


def _provisional(cards: Mapping[str, PresentCard]) -> Iterator[LockGap]:
    for person, card in cards.items():
        if not card.is_final:
            yield LockGap(
                name=f"card:{person}",
                zh=f"{person} 的考核表是暂定的，不会被批准",
                en=f"the card of {person} is provisional and cannot be approved",
                person=person,
            )


def _unproven(published: DuckDBPyConnection, period: Period) -> Iterator[LockGap]:
    days: dict[str, list[str]] = {}
    for day in health(published, period.start, period.end):
        if day.state not in ("ok", "none"):
            account = f"{day.connector}.{day.stream}/{day.shop_id}"
            days.setdefault(account, []).append(day.business_date.isoformat())
    for account, dates in days.items():
        yield LockGap(
            name=f"source:{account}",
            zh=f"数据源 {account} 有 {len(dates)} 天未证明完整，首日 {dates[0]}",
            en=f"{account} is not proven complete on {len(dates)} days, first {dates[0]}",
        )


def _changed(
    published: DuckDBPyConnection, warehouse: DuckDBPyConnection, period: Period
) -> Iterator[LockGap]:
    noted = inputs(published).get(period.id, {})
    for name, digest in period_inputs(warehouse, period).items():
        if noted.get(name) != digest:
            yield LockGap(
                name=f"changed:{name.split()[0]}:{digest[:_SHORT]}",
                zh=f"计分之后{_INPUTS_ZH[name]}有改动；请重新计分（未变的考核表签字仍有效）",
                en=f"{name} changed since the score; score again, unchanged cards stay signed",
            )
