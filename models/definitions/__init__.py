"""Dated definitions: KPIs, roles and grade tables, read from strict YAML and checked as a whole."""

from models.definitions.grades import GradeTable
from models.definitions.kpis import (
    ADDITIVE_UNITS,
    Aggregate,
    FromReports,
    Kpi,
    Measure,
    OrderStatistic,
    Rating,
    Ratio,
    Sum,
    TargetRef,
)
from models.definitions.load import Definitions, load_definitions
from models.definitions.reading import Label
from models.definitions.roles import Dimension, Duty, Role, RoleLine

__all__ = [
    "ADDITIVE_UNITS",
    "Aggregate",
    "Definitions",
    "Dimension",
    "Duty",
    "FromReports",
    "GradeTable",
    "Kpi",
    "Label",
    "Measure",
    "OrderStatistic",
    "Rating",
    "Ratio",
    "Role",
    "RoleLine",
    "Sum",
    "TargetRef",
    "load_definitions",
]
