"""`python -m connectors.testing.conformance CASES.py [POINT...]`: run the cases of a file and print every verdict.

Not here: the cases.
"""

import runpy
import sys
import time

from connectors.testing.conformance import POINTS, Bench, StreamCase, examine, storm

SEEDS = 5


def main(arguments: list[str]) -> int:
    """The exit code: 1 when a point failed."""
    failed = 0
    numbers = [int(text) for text in arguments[1:]] or sorted(n for n, p in POINTS.items() if not p.is_slow)
    for case in runpy.run_path(arguments[0])["CASES"]:
        failed += _show(case, numbers)
    return 1 if failed else 0


def _show(case: StreamCase, numbers: list[int]) -> int:
    failed = 0
    with Bench(case) as bench:
        for number in numbers:
            started = time.perf_counter()
            verdict = examine(bench, number)
            failed += verdict.state == "fail"
            took = time.perf_counter() - started
            sys.stdout.write(
                f"{case.id} {number:2} {verdict.state:14} {took:5.2f} s  {verdict.title}: {verdict.said}\n"
            )
        for seed in range(SEEDS):
            result = storm(bench, seed)
            failed += bool(result.trouble)
            sys.stdout.write(f"{result}\n")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
