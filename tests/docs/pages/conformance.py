"""Makes docs/conformance.md from a run of every point on every case.

`python tests/connectors/testing/conformance/page.py` writes the whole page, with connector names only their parts of it; the
conformance tests compare line by line.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
sys.path.insert(0, str(ROOT))

from connectors.testing.conformance import (  # noqa: E402 - found when run as a script
    Finding,
    run,
    table,
)
from tests.connectors.testing.conformance.discovery import cases  # noqa: E402

PAGE = ROOT / "docs" / "conformance.md"


def main(names: list[str]) -> int:
    failed = 0
    for case in cases():
        if not names or case.connector.name in names:
            found = run(case, slow=True)
            write({case.id: found})  # at once: a long run that is broken off has not been for nothing
            wrong = [finding for finding in found if finding.state == "fail"]
            sys.stdout.writelines(f"{finding.case} {finding.number}: {finding.said}\n" for finding in wrong)
            failed += len(wrong)
    return 1 if failed else 0


def write(findings: dict[str, list[Finding]]) -> None:
    """Put new findings of some streams into the page, beside what it tells of the others."""
    old = PAGE.read_text("utf-8") if PAGE.exists() else ""
    everything = [f for case in cases() for f in findings.get(case.id) or table.read(old, case.id)]
    PAGE.write_text(table.page(everything), "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
