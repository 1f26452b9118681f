"""Scorecards per second and peak memory beside a hand-written loop over the same numbers, in the same run.

Ours: `score_period` (targets resolved, rules, missing policy, total, grade, every step of arithmetic in Chinese and English).
Floor: one loop with the same Decimal formulas written out, no definitions, no checks, no explanation.
Each measurement is a process of its own; the median of the repeats is shown. Usage: python benchmarks/score.py [people [months]]
"""

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
REPEATS = 3
TEAM = 10  # people per manager
LINES = ("linear_a", "linear_b", "linear_c", "curve_a", "curve_b", "band_a", "band_b", "gap_a")
BANDS = "bands: [{min: 1, score: 100}, {min: 0.9, max: 1, score: 80}, {max: 0.9, score: 0}]"
METHODS = {
    "linear": "method: score.linear, args: {cap: 1.2, zero_below: 0.6}",
    "curve": "method: score.piecewise, x: attainment, args: {points: [[0.8, 60], [1, 100], [1.2, 120]], below: zero}",
    "band": f"method: score.step, x: attainment, args: {{closed: left, {BANDS}}}",
    "gap": "method: score.gap_points, args: {gap: absolute, count_mode: whole, under: {per: 1, points: 2}}",
}


def definitions_text() -> str:
    kpis = "\n".join(
        f"  - {{id: {name}, effective_from: 2020-01-01, label: {{zh: 指标{name}, en: {name}}},"
        " formula: {zh: 求和, en: sum}, kind: result, unit: CNY, direction: higher, decimals: 2,"
        " numerator: [{fact: order_line, sum: paid_amount_base, date: business_date}]}"
        for name in LINES
    )
    # eight lines of 12.5 make the 100 of their dimension
    lines = "\n".join(
        f"          - {{kpi: {name}, weight: 12.5, target: plan, {METHODS[name.split('_')[0]]}}}"
        for name in LINES
    )
    return f"""
kpis:
{kpis}
roles:
  - id: seller
    effective_from: 2020-01-01
    label: {{zh: 销售, en: Seller}}
    duties: []
    cycle: M
    missing: pending
    grade_table: plain
    dimensions:
      - id: result
        label: {{zh: 业绩, en: Results}}
        weight: 100
        kpis:
{lines}
grade_tables:
  - id: plain
    effective_from: 2020-01-01
    bands:
      - {{min: 90, grade: A, coefficient: 1.2}}
      - {{min: 60, max: 90, grade: B, coefficient: 1}}
      - {{max: 60, grade: C, coefficient: 0}}
"""


def figures(people: int, month: int) -> Iterator[tuple[int, str, Decimal, Decimal]]:
    """(person, KPI, actual, target), the same in every process."""
    for person in range(people):
        for place, name in enumerate(LINES):
            target = Decimal(100 + (person * 7 + place) % 50)
            yield (
                person,
                name,
                # 50 to 139 percent of the target: below, between and beyond all thresholds of METHODS
                target * Decimal(50 + (person * 31 + place * 17 + month * 13) % 90) / 100,
                target,
            )


def ours(people: int, months: int) -> int:
    from datetime import date

    from models.appraisal.scorecard import Actual, Person, Target, score_period
    from models.definitions import load_definitions
    from models.periods import Period

    definitions = load_definitions({"bench.yaml": definitions_text()})
    staff = [
        Person(
            person_id=f"P{n:06}",
            name=f"P{n}",
            role_id="seller",
            dept="d",
            manager_id=f"P{n // TEAM:06}" if n else None,  # the first would manage himself
            valid_from=date(2020, 1, 1),
        )
        for n in range(people)
    ]
    cards = 0
    for month in range(1, months + 1):
        period = Period.parse(f"2026-{month:02}")
        rows = list(figures(people, month))
        actuals = [
            Actual(
                period=period.id,
                person_id=f"P{p:06}",
                role_id="seller",
                kpi_id=kpi,
                numerator=value,
                denominator=None,
                value=value,
                status="scored",
            )
            for p, kpi, value, _ in rows
        ]
        targets = [
            Target(scope="person", scope_id=f"P{p:06}", kpi_id=kpi, period=period.id, value=target)
            for p, kpi, _, target in rows
        ]
        cards += sum(
            card.total is not None
            for card in score_period(definitions, period, staff, actuals, targets, ratings=[])
        )
    return cards


def floor(people: int, months: int) -> int:
    cards = 0
    one, hundred = Decimal(1), Decimal(100)
    for month in range(1, months + 1):
        totals: dict[int, Decimal] = {}
        for person, kpi, actual, target in figures(people, month):
            r = actual / target
            if kpi.startswith("linear"):
                score = (
                    hundred * min(max(r, Decimal(0)), Decimal("1.2")) if r >= Decimal("0.6") else Decimal(0)
                )
            elif kpi.startswith("curve"):
                # below the first point `zero`, beyond the last one its score: as METHODS says
                score = Decimal(0) if r < Decimal("0.8") else min(Decimal(120), _line(r))
            elif kpi.startswith("band"):
                score = hundred if r >= one else Decimal(80) if r >= Decimal("0.9") else Decimal(0)
            else:
                # `// 1`: METHODS counts whole points of the gap only
                score = max(Decimal(0), hundred - 2 * (max(target - actual, Decimal(0)) // 1))
            # 0.125: the weight of 12.5 in 100
            totals[person] = totals.get(person, Decimal(0)) + score * Decimal("0.125")
        cards += len([t.quantize(Decimal("0.01"), ROUND_HALF_UP) for t in totals.values()])
    return cards


def _line(r: Decimal) -> Decimal:
    # through the points (0.8, 60), (1, 100), (1.2, 120) of METHODS
    return 60 + (r - Decimal("0.8")) * 200 if r < 1 else 100 + (r - 1) * 100


def child(kind: str, people: int, months: int) -> None:
    began = time.perf_counter()
    cards = {"ours": ours, "floor": floor}[kind](people, months)
    wall = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"cards": cards, "wall": wall, "peak": peak}))


def main(people: int, months: int) -> None:
    runs: dict[str, list[dict[str, float]]] = {"ours": [], "floor": []}
    for _ in range(REPEATS):
        for kind, results in runs.items():
            done = subprocess.run(
                [sys.executable, __file__, "--child", kind, str(people), str(months)],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            results.append(json.loads(done.stdout.splitlines()[-1]))
    if runs["ours"][0]["cards"] != runs["floor"][0]["cards"]:
        raise SystemExit(
            f"not the same work: {runs['ours'][0]['cards']} and {runs['floor'][0]['cards']} scorecards"
        )
    print(
        f"{'people':>8} {'months':>7} {'path':>6} {'KPI rows/s':>11} {'scorecards/s':>13} {'peak MiB':>9} {'x floor':>8}"
    )
    walls = {kind: statistics.median(r["wall"] for r in results) for kind, results in runs.items()}
    for kind, results in runs.items():
        cards = results[0]["cards"] / walls[kind]
        peak = statistics.median(r["peak"] for r in results)
        times = walls[kind] / walls["floor"]
        print(
            f"{people:>8} {months:>7} {kind:>6} {cards * len(LINES):>11,.0f} {cards:>13,.0f} {peak:>9.0f} {times:>8.1f}"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        # given numbers first, then the defaults of those that are missing
        main(*([int(a) for a in sys.argv[1:]] + [10_000, 12][len(sys.argv) - 1 :]))
