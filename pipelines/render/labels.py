"""The published names of KPIs and roles; an id stands in where none was published.

Not here: reading them (warehouse/published/labels.py), words that are ours (bilingual.py).
"""

from collections.abc import Mapping

from pipelines.render.bilingual import Bilingual
from warehouse.published.labels import KpiLabel, RoleLabel


def kpi_label(published: Mapping[str, KpiLabel], kpi_id: str) -> KpiLabel:
    """The label of a KPI."""
    return published.get(kpi_id) or KpiLabel.unnamed(kpi_id)


def by_another(kpi: KpiLabel) -> Bilingual:
    """That this KPI was measured in the place of the one that is asked for (`or_else` of its definition)."""
    return Bilingual(f"按{kpi.zh}计量（{kpi.kpi_id}）", f"measured by {kpi.en} ({kpi.kpi_id})")


def role_label(published: Mapping[str, RoleLabel], role_id: str) -> RoleLabel:
    """The label of a role."""
    return published.get(role_id) or RoleLabel(role_id=role_id, zh=role_id, en=role_id, defined_at="")
