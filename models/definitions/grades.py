"""Grade tables: from a total to grade and coefficient."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from models.definitions.accepted_findings import KEY as ACCEPTS
from models.definitions.accepted_findings import Accepted, read_accepts
from models.definitions.reading import Fields, as_date, as_id, as_items, as_number, as_text, refuse
from models.definitions.strict_yaml import Node
from models.money import plain, total
from models.scoring.bands import Band, tile
from models.scoring.forced_distribution import Quota

QUOTAS = "quotas"
QUOTA_KEYS = ("grade", "share")
KEYS = ("id", "effective_from", "bands")
BAND_KEYS = ("grade", "coefficient")
BAND_EDGES = ("min", "max")


@dataclass(frozen=True, kw_only=True)
class GradeTable:
    """One version of one table; bands ascend and cover the whole line."""

    id: str
    effective_from: date
    bands: tuple[Band, ...]
    source: str
    accepts: tuple[Accepted, ...] = ()
    quotas: tuple[
        Quota, ...
    ] = ()  # of people in a calibration group, the best grade first; none where nothing is spread


def read_grade_table(node: Node) -> GradeTable:
    """One grade table from its YAML node.

    A higher score never has a smaller coefficient: a table that pays less for more is a slip, and people
    find it.
    """
    fields = Fields(node, "a grade table", required=KEYS, optional=(ACCEPTS, QUOTAS))
    # first the line is covered once, then coefficients are compared: with a gap, neighbours would not be neighbours
    bands = tile([_band(item) for item in as_items(fields["bands"], "bands")])
    # `tile` has sorted the bands, so neighbours in the list are neighbours on the line
    for below, above in pairwise(bands):
        if above.value < below.value:
            where = f"{below.where} and {above.where}"
            what = f"grade {above.grade} stands higher than {below.grade} and has the smaller coefficient"
            raise refuse(
                "D224",
                what,
                fields["bands"].place,
                actual=where,
                remedy="let coefficients rise with the score",
            )
    table_id = as_id(fields["id"], "id")
    begins = as_date(fields["effective_from"], "effective_from")
    return GradeTable(
        id=table_id,
        effective_from=begins,
        bands=bands,
        source=str(fields.place),
        accepts=read_accepts(fields),
        quotas=_quotas(fields[QUOTAS], bands) if QUOTAS in fields else (),
    )


def _quotas(node: Node, bands: tuple[Band, ...]) -> tuple[Quota, ...]:
    """Every grade once, the best first, and a place for everybody: the same demands as `score.forced_distribution` makes."""
    entries = [Fields(item, "a quota", required=QUOTA_KEYS) for item in as_items(node, QUOTAS)]
    found = tuple(Quota(as_text(e["grade"], "grade"), as_number(e["share"], "share")) for e in entries)
    grades = list(dict.fromkeys(band.grade for band in reversed(bands)))
    if [quota.grade for quota in found] != grades or any(quota.share < 0 for quota in found):
        actual, remedy = ", ".join(quota.grade for quota in found), f"write {', '.join(map(str, grades))}"
        what = "quotas name every grade once, the best first, with a share of 0 or more"
        raise refuse("D227", what, node.place, actual=actual, remedy=remedy)
    if total([quota.share for quota in found]) != 1:
        actual = " + ".join(plain(quota.share) for quota in found)
        what, remedy = "the shares of quotas sum to exactly 1", "give every person a place"
        raise refuse("D227", what, node.place, actual=actual, remedy=remedy)
    return found


def _band(node: Node) -> Band:
    fields = Fields(node, "a grade band", required=BAND_KEYS, optional=BAND_EDGES)
    low, high = fields.get("min"), fields.get("max")
    return Band(
        low=as_number(low, "min") if low else None,
        high=as_number(high, "max") if high else None,
        value=as_number(fields["coefficient"], "coefficient"),
        grade=as_text(fields["grade"], "grade"),
        where=str(fields.place),
    )
