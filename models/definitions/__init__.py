"""Dated definitions: KPIs, roles and grade tables, read from strict YAML and checked as a whole.

Belongs here: what a definition may say, and what it refers to. Not here: judging a sound definition (lint), applying it to people
(appraisal), a method's arguments and arithmetic (scoring, pay).
"""

from models.definitions.aggregates import Aggregate, Having, KpiRef
from models.definitions.composites import parts_of
from models.definitions.grades import GradeTable
from models.definitions.kpis import (
    FromReports,
    Kpi,
    Measure,
    Ratio,
    Sum,
    TargetRef,
)
from models.definitions.load import Definitions, load_definitions
from models.definitions.ranges import Range
from models.definitions.rated_items import RatedItem
from models.definitions.reading import Label
from models.definitions.roles import Dimension, Duty, Role, RoleLine

__all__ = [
    "Aggregate",
    "Definitions",
    "Dimension",
    "Duty",
    "FromReports",
    "GradeTable",
    "Having",
    "Kpi",
    "KpiRef",
    "Label",
    "Measure",
    "Range",
    "RatedItem",
    "Ratio",
    "Role",
    "RoleLine",
    "Sum",
    "TargetRef",
    "load_definitions",
    "parts_of",
]
