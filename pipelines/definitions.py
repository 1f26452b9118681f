"""The code location that `workspace.yaml` names: the company that KPI_COMPANY points to, else the sample.

Only the company folder is read at import, because partitions and assets follow from it.
"""

from pipelines.company.company import chosen_company
from pipelines.graph.graph import build

defs = build(chosen_company())
