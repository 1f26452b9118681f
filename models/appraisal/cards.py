"""What a card says: its lines and its result, as plain values.

Belongs here: the shapes. Not here: how they come to be (scorecard.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from models.definitions import Label
from models.figure import FigureStatus
from models.wording import Step


@dataclass(frozen=True, kw_only=True)
class ScoreLine:
    """One KPI of a scorecard; weights are percentages of the whole, `weight` after redistribution.

    `attainment` is by direction, 1 is reached and more is better; `share_of_target` is the plain quotient value ÷ target.
    """

    kpi_id: str
    dimension: str
    dimension_label: Label
    weight: Decimal
    declared_weight: Decimal
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    target: Decimal | None
    attainment: Decimal | None
    share_of_target: Decimal | None
    score: Decimal | None
    contribution: Decimal | None
    status: FigureStatus
    cause_code: str | None
    cause: str | None
    method: str
    arguments: Mapping[str, object]
    rule: Step
    steps: tuple[Step, ...]
    n_rows: int
    source: str
    measured_as: str | None = None  # the KPI of its `or_else` that stands in its place


@dataclass(frozen=True, kw_only=True)
class Scorecard:
    """The result of one person in one role; provisional while a figure is missing or not final."""

    period: str
    person_id: str
    role_id: str
    status: str
    base: Decimal | None
    total: Decimal | None
    grade: str | None
    coefficient: Decimal | None
    definition_hash: str
    cause: str | None
    lines: tuple[ScoreLine, ...]
    steps: tuple[Step, ...] = ()
