"""Which check stops publication: every one of the company's files and figures that fails, except those in `_SHOWN_ONLY`.

A failed check that blocks keeps all later assets from running, the published file among them (docs.dagster.io, "Asset
checks"), so that readers keep the last good one. A source that did not deliver is shown and stops nothing: one shop must not
hold back the others' figures. Of the linter only an error stops a run.

Not here: what a check looks for (warehouse/sql/checks, one file each), the rules of the linter (models/lint).
"""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from models.closing.card_figures import NOTHING, WHOLE_CARD
from models.closing.corrections import Balance
from models.errors import MeritError
from models.lint import LintFinding
from pipelines.closing.restating import prove_conservation
from pipelines.company.lint_context import findings_of
from pipelines.company.run_scope import RunScope
from pipelines.graph.assets import POOL
from pipelines.graph.assets.close import CLOSE
from pipelines.graph.assets.core import CORE
from pipelines.graph.assets.kpi import ACTUALS
from pipelines.graph.assets.raw import FILES
from pipelines.graph.assets.score import PERIOD_ACTUALS, PERIOD_FILES
from pipelines.graph.metadata import markdown
from pipelines.graph.resources import RunPlace
from pipelines.steps.files import checked_files
from pipelines.steps.proof import LedgerProof, LockProof, prove_ledger, prove_locks
from warehouse.facts.checks import CheckResult, check_names, run_check
from warehouse.store.connect import open_warehouse

# The asset whose run a check follows; all others judge the daily figures.
_ON = {
    "ownership_shares": FILES,
    "one_scope_type": FILES,
    "unique_keys": CORE["order_line"],
}
# disagreeing figures are missing already: the others are not held back for them
_SHOWN_ONLY = {"proven_days", "targets_plausible", "engines_agree"}
_DEFINITIONS = "definitions_hold"
LINT = "definitions_lint"
_CHAIN = "ledger_chain"
_SNAPSHOTS = "locked_periods"
_OF_MONTHS = {PERIOD_FILES, PERIOD_ACTUALS, CLOSE}
_CONSERVED = "conservation"
_SHOWN = 20  # findings told; the rest is counted


def asset_checks() -> list[dg.AssetChecksDefinition]:
    """Every check, grouped by the asset it belongs to, so that the warehouse is opened once per group."""
    groups: dict[dg.AssetKey, list[str]] = {}
    for name in check_names():
        groups.setdefault(_ON.get(name, ACTUALS), []).append(name)
    # what a file may make wrong is looked at before a period is scored too: it reads the files anew
    groups[PERIOD_FILES] = list(_ON)
    groups[PERIOD_ACTUALS] = ["engines_agree"]
    return [
        *(_group(asset, names) for asset, names in groups.items()),
        _definitions(),
        _lint(FILES),
        _lint(PERIOD_FILES),
        _ledger(FILES),
        _ledger(PERIOD_FILES),
        _locked(CLOSE),
        _conserved(PERIOD_ACTUALS),
    ]


def _work(asset: dg.AssetKey, context: dg.AssetCheckExecutionContext, place: RunPlace) -> RunScope:
    """The work of the run that a check of the asset belongs to: of a month, or of days."""
    return place.appraisal(context)[0] if asset in _OF_MONTHS else place.days(context)


def _group(asset: dg.AssetKey, names: Sequence[str]) -> dg.AssetChecksDefinition:
    specs = [
        dg.AssetCheckSpec(name, asset=asset, blocking=name not in _SHOWN_ONLY, description=_description(name))
        for name in names
    ]

    @dg.multi_asset_check(name=f"check_{asset.to_python_identifier()}", specs=specs, pool=POOL)
    def checked(context: dg.AssetCheckExecutionContext, place: RunPlace) -> Iterator[dg.AssetCheckResult]:
        with open_warehouse(_work(asset, context, place).home.root) as con:
            # all before the first is yielded: a generator that waits would keep the warehouse from others
            results = [run_check(con, name) for name in names]
        for result in results:
            yield _result(asset, result)

    return checked


def _result(asset: dg.AssetKey, found: CheckResult) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=found.name,
        passed=found.passed,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"wrong_rows": found.failing, "samples": "\n".join(found.samples) or "none"},
    )


def _definitions() -> dg.AssetChecksDefinition:
    """Loading refuses weights that do not sum to 100 and formulas that do not fit: loading is the check."""

    @dg.asset_check(
        name=_DEFINITIONS,
        asset=FILES,
        blocking=True,
        description="The definitions load: weights sum to 100, bands tile, formulas fit the tables.",
    )
    def held(context: dg.AssetCheckExecutionContext, place: RunPlace) -> dg.AssetCheckResult:
        definitions = place.days(context).definitions
        return dg.AssetCheckResult(
            passed=True,
            metadata={
                "definition_hash": definitions.hash,
                "kpis": len(definitions.kpis),
                "roles": len(definitions.roles),
            },
        )

    return held


def _ledger(asset: dg.AssetKey) -> dg.AssetChecksDefinition:
    """What people decided decides what is published: a chain that does not hold makes all of it doubtful."""

    @dg.asset_check(
        name=_CHAIN,
        asset=asset,
        blocking=True,
        description="Every entry of the ledger is as it was written, up to the newest that was noted; see `kpi verify`.",
    )
    def proven(context: dg.AssetCheckExecutionContext, place: RunPlace) -> dg.AssetCheckResult:
        return ledger_result(prove_ledger(_work(asset, context, place).home))

    return proven


def ledger_result(proof: LedgerProof | None) -> dg.AssetCheckResult:
    """Passed where nothing was ever entered, and where all is as it was written."""
    if proof is None:
        return dg.AssetCheckResult(passed=True, metadata={"entries": 0})
    broken = proof.broken
    said = "none" if broken is None else f"entry {broken.seq}: {broken.what_zh} {broken.what_en}"
    return dg.AssetCheckResult(
        passed=broken is None,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"entries": proof.head.seq, "head": proof.head.hash, "samples": said},
    )


def _locked(asset: dg.AssetKey) -> dg.AssetChecksDefinition:
    """A damaged snapshot is told and stops nothing: the rest of the company is published all the same."""

    @dg.asset_check(
        name=_SNAPSHOTS,
        asset=asset,
        description="Every file of every locked period is as it was signed, and so is what is published of it.",
    )
    def proven(context: dg.AssetCheckExecutionContext, place: RunPlace) -> dg.AssetCheckResult:
        return locked_result(prove_locks(_work(asset, context, place).home))

    return proven


def locked_result(proofs: Sequence[LockProof]) -> dg.AssetCheckResult:
    """Passed when every lock holds; a table of them for HR."""
    wrong = [
        *(
            f"{damage.file}: {damage.what_zh} {damage.what_en}"
            for proof in proofs
            for damage in proof.damages
        ),
        *(f"{proof.lock.period}: {', '.join(proof.people)}" for proof in proofs if proof.people),
    ]
    header = ("周期 Period", "版本 Version", "锁定日 Locked on", "人数 People", "台账 Ledger", "相符 Holds")
    rows = [
        (p.lock.period, str(p.lock.version), p.lock.on.isoformat(), str(len(p.lock.cards)), str(p.lock.entry.seq),
         "是 yes" if p.holds else "否 NO")
        for p in proofs
    ]  # fmt: skip
    return dg.AssetCheckResult(
        passed=not wrong,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"locks": markdown(header, rows), "samples": "\n".join(wrong[:_SHOWN]) or "none"},
    )


def _conserved(asset: dg.AssetKey) -> dg.AssetChecksDefinition:
    """No month goes out while something that changed a locked one is neither proposed nor decided, or counts twice."""

    @dg.asset_check(
        name=_CONSERVED,
        asset=asset,
        blocking=True,
        pool=POOL,
        description="Of every locked period: locked + approved + open + rejected = recomputed from all that is known now, 0.00;"
        " `kpi restate --period P` proposes what is missing.",
    )
    def conserved(context: dg.AssetCheckExecutionContext, place: RunPlace) -> dg.AssetCheckResult:
        work = _work(asset, context, place)
        with open_warehouse(work.home.root) as con:
            return conserved_result(prove_conservation(con, work))

    return conserved


def conserved_result(proven: Mapping[str, Sequence[Balance] | MeritError]) -> dg.AssetCheckResult:
    """Passed when every difference is 0; a row per locked period, its totals of people added up, for HR."""
    header = (
        "周期 Period",
        "锁定 Locked",
        "已批准 Approved",
        "待裁定 Open",
        "已驳回 Rejected",
        "重算 Recomputed",
        "差异 Difference",
    )
    rows: list[tuple[str, ...]] = []
    wrong = []
    for period, found in proven.items():
        if isinstance(found, MeritError):
            # told by the check of the snapshots; nobody can recompute what cannot be read
            rows.append((period, *("—",) * 5, str(found.code)))
            continue
        totals = [row for row in found if row.place == (WHOLE_CARD, "total")]
        sums = [
            sum((getattr(row, part) or NOTHING for row in totals), NOTHING)
            for part in ("locked", "approved", "open", "rejected", "recomputed", "difference")
        ]
        rows.append((period, *(f"{value:.2f}" for value in sums)))
        wrong += [(period, row) for row in found if row.difference != 0]
    samples = [
        f"{' '.join((period, *row.card, *filter(None, row.place)))}: {row.difference:f}; kpi restate --period {period}"
        for period, row in wrong[:_SHOWN]
    ]
    return dg.AssetCheckResult(
        passed=not wrong,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "wrong_rows": len(wrong),
            "totals": markdown(header, rows),
            "samples": "\n".join(samples) or "none",
        },
    )


def _lint(asset: dg.AssetKey) -> dg.AssetChecksDefinition:
    """What loads may still cheat somebody: only that stops a run, a warning is shown."""

    @dg.asset_check(
        name=LINT,
        asset=asset,
        blocking=True,
        description="The linter finds no error in definitions, sources, ownership and targets; see docs/reference/lint.md.",
    )
    def linted(context: dg.AssetCheckExecutionContext, place: RunPlace) -> dg.AssetCheckResult:
        work = _work(asset, context, place)
        return lint_result(findings_of(work, checked_files(work)))

    return linted


def lint_result(found: Sequence[LintFinding]) -> dg.AssetCheckResult:
    """Passed without errors and warnings; failed as an error only where a figure would be wrong."""
    counted = [f for f in found if f.severity != "notice"]
    is_wrong = any(f.severity == "error" for f in counted)
    return dg.AssetCheckResult(
        passed=not counted,
        severity=dg.AssetCheckSeverity.ERROR if is_wrong else dg.AssetCheckSeverity.WARN,
        metadata={
            "findings": len(counted),
            "samples": "\n".join(f.render() for f in counted[:_SHOWN]) or "none",
        },
    )


def _description(name: str) -> str:
    return f"No row is selected by warehouse/sql/checks/{name}.sql."
