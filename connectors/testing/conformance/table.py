"""The page of all findings: connector x point, with every reason.

Belongs here: laying findings out. Not here: running points.
"""

import re
from collections.abc import Iterable
from itertools import groupby

from connectors.testing.conformance.findings import Finding, State

SIGNS: dict[State, str] = {"pass": "✓", "not applicable": "–", "fail": "✗"}
HEAD = """# Conformance of the connectors / 连接器一致性

Every connector stream is run against a fake of its platform that is true to the platform's specification, and must show
the same 34 promises, fault by fault ([how a fake and a case are written](../connectors/sandbox/README.md)). ✓ shown,
– not applicable with a reason below, ✗ not shown. 每个连接器的每个数据流都要在平台仿真上逐条证明同样的 34 项承诺；
“–”表示不适用，原因见下。

Sampled: point 27 kills at every request where a pull has at most twelve, else at three places; point 31 runs on the
streams whose fakes can serve many rows. Besides, 30 storms per stream (a third of all requests meet a fault) must end equal
or loud with at most 1.8 times the requests of a clean run.

This page is made by `python tests/connectors/testing/conformance/page.py`; every conformance test compares its line.
"""


def row(finding: Finding) -> str:
    """The line of one finding in its stream's table."""
    said = " ".join(finding.said.replace("|", "\\|").split())
    return f"| {finding.number} | {finding.title} | {SIGNS[finding.state]} {finding.state} | {said} |"


def heading(case: str) -> str:
    """The heading of a stream's table."""
    return f"### {case}"


def page(findings: Iterable[Finding]) -> str:
    """The whole page."""
    by_case = {case: list(found) for case, found in groupby(findings, key=lambda finding: finding.case)}
    numbers = [finding.number for finding in next(iter(by_case.values()))]
    matrix = [
        "| stream | " + " | ".join(map(str, numbers)) + " |",
        "|---|" + "---|" * len(numbers),
        *(matrix_row(case, found) for case, found in by_case.items()),
    ]
    tables = [_table(case, found) for case, found in by_case.items()]
    return "\n".join([HEAD, *matrix, "", *tables])


def matrix_row(case: str, findings: Iterable[Finding]) -> str:
    """One stream in the overview."""
    return f"| {case} | " + " | ".join(SIGNS[finding.state] for finding in findings) + " |"


def _table(case: str, findings: list[Finding]) -> str:
    lines = [
        heading(case),
        "",
        "| point | promise | result | remark |",
        "|---|---|---|---|",
        *map(row, findings),
    ]
    return "\n".join(lines) + "\n"


def read(text: str, case: str) -> list[Finding]:
    """The findings of one stream as a page tells them."""
    states = {f"{sign} {state}": state for state, sign in SIGNS.items()}
    found = []
    for line in lines_of(text, case):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 4 and cells[0].isdigit():
            said = cells[3].replace("\\|", "|")
            found.append(Finding(case, int(cells[0]), cells[1], states[cells[2]], said))
    return found


def lines_of(text: str, case: str) -> list[str]:
    """The lines of one stream's table on a page."""
    found = text.partition(heading(case) + "\n")[2].partition("\n### ")[0]
    return found.splitlines()
