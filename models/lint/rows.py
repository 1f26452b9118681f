"""Rows of the company's files as the linter sees them, each with its place. Not here: the rules (company_files.py)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.inputs import RaterType


@dataclass(frozen=True)
class FileRow:
    """A row of a company file as the holder of a finding."""

    source: str  # file and line
    id: str = ""
    effective_from: date = date.min


@dataclass(frozen=True, kw_only=True)
class StatedRating:
    """One row of ratings.csv, with its place."""

    person_id: str
    period: str
    item_id: str
    rater_id: str
    rater_type: RaterType
    scale_max: Decimal
    where: str


@dataclass(frozen=True, kw_only=True)
class StatedTarget:
    """One row of targets.csv, with its place."""

    kpi_id: str
    value: Decimal
    where: str


@dataclass(frozen=True, kw_only=True)
class StatedRate:
    """One row of rates.csv, with its place."""

    currency: str
    base_currency: str
    rate_date: date
    rate: Decimal
    where: str
