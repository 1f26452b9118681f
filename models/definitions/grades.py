"""Grade tables: from a total to grade and coefficient."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from models.definitions.accepted_findings import KEY as ACCEPTS
from models.definitions.accepted_findings import Accepted, read_accepts
from models.definitions.reading import Fields, as_date, as_id, as_items, as_number, as_text, refuse
from models.definitions.strict_yaml import Node
from models.scoring.bands import Band, tile

KEYS = ("id", "effective_from", "bands")
BAND_KEYS = ("grade", "coefficient")
BAND_EDGES = ("min", "max")


@dataclass(frozen=True)
class GradeTable:
    """One version of one table; bands ascend and cover the whole line."""

    id: str
    effective_from: date
    bands: tuple[Band, ...]
    source: str
    accepts: tuple[Accepted, ...] = ()


def read_grade_table(node: Node) -> GradeTable:
    """One grade table from its YAML node.

    A higher score never has a smaller coefficient: a table that pays less for more is a slip, and people
    find it.
    """
    fields = Fields(node, "a grade table", required=KEYS, optional=(ACCEPTS,))
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
    return GradeTable(table_id, begins, bands, str(fields.place), read_accepts(fields))


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
