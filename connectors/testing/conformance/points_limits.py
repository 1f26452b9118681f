"""Points 25, 31: the declared request rate is never exceeded, memory stays flat.

Not here: what happens when the platform throttles all the same (points_faults.py).
"""

import os
import resource
import sys
from typing import Any

from connectors.kit.contract.reports import USUAL_PAGE_SIZE
from connectors.kit.window.landing import Landing
from connectors.kit.window.pull import pull
from connectors.testing.conformance.bench import Bench, Lab
from connectors.testing.conformance.register import point
from connectors.testing.conformance.verdicts import NotApplicable, Shown, Unproven, expect
from models.loads import FailedWindow

ROUNDS = 12  # pulls at most; they end as soon as every burst was used up twice
MEMORY_MIB = 200  # above the start of the pull; the kit holds a page or 1,000 rows at once
ROWS = 250_000  # a million gives the same peak and takes two minutes


@point(25, "declared rate never exceeded")
def within_rate(bench: Bench) -> Shown | None:
    """The fake counts requests by documented limit on its own clock; pulls go on until the limit must have been felt."""
    lab = bench.lab()
    if not lab.platform.budgets:
        raise Unproven("the fake declares no budgets: nothing is counted")
    for _ in range(ROUNDS):
        run = lab.pull()
        expect(not run.failures, f"a pull within its limits: {run.told()}")
        # twice the burst: the saved up part is gone, and the rate alone has let requests through
        if all(budget.taken > 2 * budget.burst for budget in lab.platform.budgets.values()):
            break
    expect(
        not lab.platform.violations, f"{len(lab.platform.violations)} times: {lab.platform.violations[:1]}"
    )
    told = [f"{name} {b.amount:g} per {b.seconds:g} s" for name, b in sorted(lab.platform.budgets.items())]
    felt = [name for name, budget in lab.platform.budgets.items() if budget.taken > budget.burst]
    expect(
        felt, f"no limit was reached in {ROUNDS} pulls: the fake's bursts are too generous to test anything"
    )
    return Shown(", ".join(told))


@point(31, "memory flat on many rows", is_slow=True)
def memory(bench: Bench) -> Shown | None:
    """Where the fake can serve many rows (`vast`), a pull in a process of its own stays below 200 MiB."""
    lab = bench.lab()
    rows = lab.platform.vast(ROWS)
    if rows is None:
        raise NotApplicable(
            "sampled on the sample connector and on one report connector: the kit holds a page or 1,000 rows at once"
        )
    used = _peak_mib(lab)
    expect(used <= MEMORY_MIB, f"{rows} rows take {used} MiB more than before")
    return Shown(f"at most {MEMORY_MIB} MiB for {rows:,} rows")


def _peak_mib(lab: Lab) -> int:
    """How much the peak of a child that pulls grows."""
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if not pid:
        code = 1
        try:
            lab.runtime = lab.new_runtime()  # an own connection to the state file
            before = _peak()
            failures = _drain(lab)
            os.write(writer, f"{_peak() - before} {failures}".encode())
            code = 0
        finally:
            os._exit(code)
    # while the parent holds this end open, reading never ends: pipe(7)
    os.close(writer)
    with os.fdopen(reader) as file:
        told = file.read()
    os.waitpid(pid, 0)
    if not told or told.split()[1] != "0":
        raise Unproven(f"the pull of many rows failed: {told or 'no answer'}")
    return int(told.split()[0])


def _peak() -> int:
    # kilobytes on Linux: getrusage(2)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _drain(lab: Lab) -> int:
    # the largest page there may be: the most that is in memory at once
    size = lab.case.declared.read.page_size or USUAL_PAGE_SIZE
    name, most = size.setting, size.most
    windows: Any = pull(
        lab.case.connector,
        lab.case.declared,
        lab.account(settings={**lab.case.account.get("settings", {}), name: str(most)}),
        span_from=lab.case.span[0],
        as_of=lab.case.span[1],
        landing=Landing(lab.folder / "landing"),
        spool=lab.folder / "spool",
        runtime=lab.runtime,
    )
    return sum(isinstance(window, FailedWindow) for window in windows)
