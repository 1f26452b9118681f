"""`kpi verify`: do the published tables follow from the landing files, and is what was signed as it was signed?"""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from pipelines.commands.options import company_option

_SHOWN = 3  # rows told of one table: enough to see what kind of difference it is


@click.command("verify")
@company_option
def verify(*, company: Path | None) -> int:
    """Recompute everything from landing files and compare.

    Ledger and locked periods are proven too, up to the heads that snapshots noted. Exit code 0 when every published table is
    equal, and every entry of the ledger and every file of a locked period as it was written; 1 with the first entry or file that
    is not, the tables and rows that differ, and the inputs that were changed since the figures were computed: then the figures
    are old, not wrong.
    """
    from pipelines.commands.progress import show_progress
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home
    from pipelines.steps.rebuild import loaded_windows, rebuild

    show_progress()
    home = Home.of()
    # locked periods are measured by the ledger: by a broken one nothing can be
    broken = ledger_told(home.root) or locks_told(home.root)
    with tempfile.TemporaryDirectory(prefix="kpi-verify-") as scratch:
        beside = home.beside(Path(scratch))
        rebuild(chosen_company(company), home, beside, loaded_windows(home))
        differences = compare(home.root, beside.root)
        changed = changed_inputs(home.root, beside.root) if differences else {}
    for line in [*differences, *_told(changed)]:
        print(line)
    if not differences:
        print("equal: every published table follows from the landing files")
    elif changed:
        print(
            "DIFFERENT: inputs were changed after the figures were computed, see above; compute again, then verify"
        )
        print("不一致：数字算出之后输入有改动（见上）；请重新计算后再核对")
    else:
        print("DIFFERENT, although no input was changed: keep this output and report it")
        print("不一致，但输入没有改动：请保留以上输出并报告")
    return 1 if differences or broken else 0


def ledger_told(home: Path) -> bool:
    """Say whether the ledger is as it was written; True when it is not."""
    from pipelines.company.home import Home
    from pipelines.steps.proof import prove_ledger

    proof = prove_ledger(Home(home))
    if proof is None:
        return False
    head, broken = proof.head, proof.broken
    if broken is None:
        print(f"ledger: {head.seq} entries, each as it was written; head {head.hash}")
        print(f"台账：{head.seq} 条记录均与写入时一致；末条哈希 {head.hash}")
        return False
    print(f"LEDGER BROKEN at entry {broken.seq}: {broken.what_en}; restore a copy from before it was changed")
    print(f"台账自第 {broken.seq} 条起不可信：{broken.what_zh}；请恢复改动之前的备份")
    return True


def locks_told(home: Path) -> bool:
    """Say of every lock whether files and published cards are what was signed; True when one is not."""
    from pipelines.company.home import Home
    from pipelines.steps.proof import prove_locks

    proofs = prove_locks(Home(home))
    for proof in proofs:
        lock = proof.lock
        if proof.holds:
            print(f"locked {lock.period} version {lock.version}: {len(lock.cards)} cards as they were signed")
            print(f"已锁定 {lock.period} 第 {lock.version} 版：{len(lock.cards)} 人的考核表与签字时一致")
        for damage in proof.damages[:_SHOWN]:
            print(f"LOCKED PERIOD DAMAGED: {damage.file}: {damage.what_en}; restore it from a copy")
            print(f"锁定周期已损坏：{damage.file}：{damage.what_zh}；请由备份恢复")
        if proof.people:
            print(
                f"LOCKED PERIOD {lock.period}: published cards differ from those signed: {', '.join(proof.people)}"
            )
            print(f"锁定周期 {lock.period}：发布的考核表与所签不符；任意一次 `kpi run` 会由快照恢复")
    return not all(proof.holds for proof in proofs)


def changed_inputs(published: Path, recomputed: Path) -> dict[str, list[str]]:
    """Scope (a period, or days) -> inputs whose content was another one when its figures were computed."""
    from warehouse.figures.basis import PERIOD_INPUTS
    from warehouse.published.read import inputs
    from warehouse.store.connect import open_published

    with open_published(published) as con:
        there = inputs(con)
    with open_published(recomputed) as con:
        here = inputs(con)
    # the rows of a file that reach into a period are told with the file
    told_with_files = PERIOD_INPUTS.keys()
    changed = {
        scope: sorted(
            name
            for name in {*was, *here.get(scope, {})} - told_with_files
            if was.get(name) != here.get(scope, {}).get(name)
        )
        for scope, was in there.items()
    }
    return {scope: names for scope, names in changed.items() if names}


def _told(changed: Mapping[str, list[str]]) -> list[str]:
    from warehouse.figures.basis import DAYS

    lines = []
    for scope, names in changed.items():
        again = "kpi run" if scope == DAYS else f"kpi score --period {scope}"
        lines.append(f"{scope}: changed since it was computed: {', '.join(names)}; `{again}` takes it in")
        lines.append(f"        {scope}：算出之后已改动：{', '.join(names)}；用 `{again}` 重新计算")
    return lines


def compare(published: Path, recomputed: Path) -> list[str]:
    """Tables that differ, with the first rows that stand in one of them alone, or the columns in which a row differs."""
    from warehouse.published.catalogue import published_catalogue
    from warehouse.published.digest import published_rows

    told: list[str] = []
    there, here = published_rows(published), published_rows(recomputed)
    catalogue = published_catalogue()
    for table, rows in there.items():
        # that an input was changed is told by itself, and is no difference as long as every figure is equal
        # locks are proven by themselves
        if table in ("figure_input", "period_lock", "correction", "conservation"):
            continue
        gone, new = sorted(set(rows) - set(here[table])), sorted(set(here[table]) - set(rows))
        # the numbers too: sets do not see a row that stands twice
        if gone or new or len(rows) != len(here[table]):
            told.append(f"{table}: {len(rows)} rows published, {len(here[table])} recomputed")
            told += _rows_told(catalogue[table].key, gone, new)
    return told


def _rows_told(key: tuple[str, ...], gone: list[str], new: list[str]) -> list[str]:
    """Of the first rows: key, and what was published against what was recomputed."""
    before, after = _by_key(key, gone), _by_key(key, new)
    lines = []
    for place in sorted({*before, *after})[:_SHOWN]:
        was, now = before.get(place), after.get(place)
        name = ", ".join(place)
        if was is None or now is None:
            lines.append(f"  {name}: {'recomputed' if was is None else 'published'} only")
            continue
        parts = [f"{c} {was.get(c)!r} -> {now.get(c)!r}" for c in {**was, **now} if was.get(c) != now.get(c)]
        lines.append(f"  {name}: {'; '.join(parts)}")
    return lines


def _by_key(key: tuple[str, ...], rows: list[str]) -> dict[tuple[str, ...], dict[str, Any]]:
    # numbers as they are written: read as floats, two that differ in the last digit would look equal
    parsed = (json.loads(row, parse_float=str) for row in rows)
    return {tuple(str(row.get(column, "")) for column in key): row for row in parsed}
