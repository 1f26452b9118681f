"""Makes docs/conformance.md from a run of every point on every case.

`python tests/connectors/conformance/page.py` writes the page; the conformance tests compare line by line.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from connectors.kit.conformance import run, table  # noqa: E402 - found when run as a script
from tests.connectors.conformance.discovery import cases  # noqa: E402

if __name__ == "__main__":
    findings = [finding for case in cases() for finding in run(case, slow=True)]
    (ROOT / "docs" / "conformance.md").write_text(table.page(findings), "utf-8")
    failed = [finding for finding in findings if finding.state == "fail"]
    sys.stdout.writelines(f"{finding.case} {finding.number}: {finding.said}\n" for finding in failed)
    sys.exit(1 if failed else 0)
