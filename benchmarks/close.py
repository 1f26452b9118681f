"""Wall time and peak memory of `kpi close` for a generated company (tests/journeys/month_of_300.py), scored once.

Each measurement is a process of its own; the median of the repeats is shown. Limits: 10 s and 300 MiB for 300 people.
Usage: python benchmarks/close.py
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
REPEATS = 3
MOST_SECONDS, MOST_MIB = 10, 300


def prepare(place: Path) -> None:
    """The company with every problem that scoring lets pass, scored without Dagster."""
    from models.periods import Period
    from pipelines.company import clock
    from pipelines.company.company import load_company
    from pipelines.company.home import Home
    from pipelines.company.run_scope import RunScope
    from pipelines.steps.facts import build_facts
    from pipelines.steps.files import load_files
    from pipelines.steps.publish import publish_all
    from pipelines.steps.score import compute_period, score_people
    from tests.journeys.month_of_300 import EDITED, MONTH, PLANTED, BigFirm
    from tests.journeys.small_firm import SmallFirm

    firm = SmallFirm(place / "company", place / "home")
    BigFirm(firm, set(PLANTED) - set(EDITED)).write_all()
    company, period = load_company(firm.folder), Period.parse(MONTH)
    work = RunScope(company, Home.at(firm.home), period.start, period.end, clock.as_of(company, period.end))
    load_files(work)
    build_facts(work)
    compute_period(work, period)
    score_people(work, period)
    publish_all(work, period.id)


def child(place: Path) -> None:
    began = time.perf_counter()
    from pipelines.commands.cli import main as kpi

    code = kpi(["close", "2026-03", "--company", str(place / "company")])
    wall = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"code": code, "wall": wall, "peak": peak}))


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="kpi-close-") as scratch:
        place = Path(scratch)
        # in a process of its own: what scoring needs is no part of what is measured
        subprocess.run([sys.executable, __file__, "--prepare", scratch], check=True, capture_output=True)
        environment = {**os.environ, "KPI_HOME": str(place / "home")}
        runs = []
        for _ in range(REPEATS):
            done = subprocess.run(
                [sys.executable, __file__, "--child", scratch],
                capture_output=True, text=True, check=True, env=environment,
            )  # fmt: skip
            runs.append(json.loads(done.stdout.splitlines()[-1]))
    wall = statistics.median(run["wall"] for run in runs)
    peak = statistics.median(run["peak"] for run in runs)
    print(f"{'people':>8} {'seconds':>8} {'peak MiB':>9}")
    print(f"{300:>8} {wall:>8.2f} {peak:>9.0f}")
    return 0 if wall <= MOST_SECONDS and peak <= MOST_MIB else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--prepare"]:
        prepare(Path(sys.argv[2]))
    elif sys.argv[1:2] == ["--child"]:
        child(Path(sys.argv[2]))
    else:
        sys.exit(main())
