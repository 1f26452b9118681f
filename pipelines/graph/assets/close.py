"""Month end: how far each card has come, from the ledger; it computes nothing, so that a locked month can be shown too."""

import dagster as dg

from models.closing.manifest import LockedPeriod
from pipelines.graph.assets import HR
from pipelines.graph.assets.score import PUBLISHED
from pipelines.graph.metadata import markdown
from pipelines.graph.resources import RunPlace
from pipelines.render.bilingual import CARD_STATE
from pipelines.steps.close_status import SignedStatus, close_status

CLOSE = dg.AssetKey("out_close__status")


def close_asset(months: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    """How the month stands."""

    @dg.asset(
        key=CLOSE,
        deps=[PUBLISHED],
        description="One row per person of the period: how far the card has come, who had a part in it, what is open.",
        group_name="close",
        owners=HR,
        kinds={"python"},
        partitions_def=months,
        code_version="1",
    )
    def shown(context: dg.AssetExecutionContext, place: RunPlace) -> dg.MaterializeResult:  # type: ignore[type-arg]
        work, period = place.appraisal(context)
        status = close_status(work.home, period)
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": len(status.people),
                "period": period.id,
                "locked": _locked(status.lock),
                "ledger_head": f"{status.head.seq} {status.head.hash}",
                "states": state_table(status),
                "people": people_table(status),
            }
        )

    return shown


def state_table(status: SignedStatus) -> dg.MarkdownMetadataValue:
    """How many cards stand where, in the order in which they go."""
    rows = [(words.both(), str(status.counts.get(state, 0))) for state, words in CARD_STATE.items()]
    return markdown(("状态 State", "人数 People"), [row for row in rows if row[1] != "0"])


def people_table(status: SignedStatus) -> dg.MarkdownMetadataValue:
    """Person by person."""
    header = ("人员 Person", "状态 State", "考核表 Card", "参与 Took part", "待答复异议 Open objections")
    return markdown(
        header,
        [
            (
                f"{row.name} {row.person_id}",
                CARD_STATE[row.state].both(),
                row.card_status,
                ", ".join(row.prepared_by),
                str(row.open_objections or ""),
            )
            for row in status.people
        ],
    )


def _locked(lock: LockedPeriod | None) -> str:
    if lock is None:
        return "未锁定 not locked"
    return (
        f"已锁定 locked: 第 {lock.version} 版 version {lock.version}, {lock.on}, {lock.actor}, "
        f"台账 ledger {lock.entry.seq} {lock.entry.hash}"
    )
