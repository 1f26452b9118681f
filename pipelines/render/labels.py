"""The published names of KPIs and roles, and the words for a lock; an id stands in where no name was published.

Not here: reading them (warehouse/published/labels.py), words that are ours (bilingual.py).
"""

from collections.abc import Mapping

from pipelines.render.bilingual import Bilingual
from warehouse.published.labels import KpiLabel, RoleLabel
from warehouse.published.period_locks import PublishedLock


def kpi_label(published: Mapping[str, KpiLabel], kpi_id: str) -> KpiLabel:
    """The label of a KPI."""
    return published.get(kpi_id) or KpiLabel.unnamed(kpi_id)


def by_another(kpi: KpiLabel) -> Bilingual:
    """That this KPI was measured in the place of the one that is asked for (`or_else` of its definition)."""
    return Bilingual(f"按{kpi.zh}计量（{kpi.kpi_id}）", f"measured by {kpi.en} ({kpi.kpi_id})")


def role_label(published: Mapping[str, RoleLabel], role_id: str) -> RoleLabel:
    """The label of a role."""
    return published.get(role_id) or RoleLabel(role_id=role_id, zh=role_id, en=role_id, defined_at="")


def locked_words(lock: PublishedLock | None) -> Bilingual | None:
    """What every copy of a locked period carries: version, day, and the entry of the ledger that locked it."""
    if lock is None:
        return None
    head = f"{lock.entry} {lock.entry_hash}"
    return Bilingual(
        f"已锁定 第 {lock.version} 版 {lock.locked_on} 台账 {head}",
        f"locked version {lock.version} {lock.locked_on} ledger {head}",
    )
