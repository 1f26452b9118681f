"""The page of the conformance suite: one matrix of promise and stream, one list of reasons, and how much was tried.

The page is where the verdicts of the last run are kept: a run of all streams takes minutes, so a page is laid out anew from
what it tells, and `run_anew` replaces the verdicts of the connectors that were run.

Belongs here: laying verdicts out and reading them back. Not here: running points (connectors/testing/conformance).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from connectors.testing.conformance import POINTS, Verdict, run
from connectors.testing.conformance.verdicts import VerdictState
from tests.connectors.testing.conformance.discovery import cases
from tests.docs.pages.markdown import cells_of, table_of

PAGE = Path("docs/reference/conformance.md")
ROOT = Path(__file__).parents[3]
SIGNS: dict[VerdictState, str] = {"pass": "✓", "not applicable": "—", "fail": "✗"}
STATES = {sign: state for state, sign in SIGNS.items()}
HEAD = """# Conformance of the connectors 连接器一致性

Every connector stream is run against a fake of its platform that is true to the platform's specification, and must show the
same 34 promises, fault by fault ([how a fake and a case are written](../../connectors/testing/README.md)).
每个连接器的每个数据流都要在平台仿真上逐条证明同样的 34 项承诺。

✓ shown 已证明, — cannot apply 不适用, ✗ not shown 未证明. The number behind a sign is a [reason](#reasons-原因): why a promise
cannot apply, or a part of it that could not be tried.

Sampled: promise 27 kills at every request where a pull has at most twelve, else at three places; promise 31 runs on the
streams whose fakes can serve many rows. Besides, 30 storms per connector (a third of all requests meet a fault) must end equal
or loud with at most 1.8 times the requests of a clean run.

This page is made by `make pages`; `make pages RUN=zendesk` puts that connector through the suite anew, `RUN=all` every one. Each
conformance test compares its verdict with this page.
"""


def made() -> dict[Path, str]:
    """The page, laid out from the verdicts that it tells."""
    return {PAGE: layout(read((ROOT / PAGE).read_text("utf-8")).values())}


def run_anew(connector: str) -> Iterator[Verdict]:
    """Run all points of a connector, or of "all", put the verdicts into the page, and give those that failed."""
    for case in cases():
        if connector in ("all", case.connector.name):
            found = run(case, slow=True)
            # at once: a long run that is broken off has not been for nothing
            _replace({(verdict.case, verdict.number): as_told(verdict) for verdict in found})
            yield from (verdict for verdict in found if verdict.state == "fail")


def _replace(found: Mapping[tuple[str, int], Verdict]) -> None:
    everything = {**read((ROOT / PAGE).read_text("utf-8")), **found}
    (ROOT / PAGE).write_text(layout(everything.values()), "utf-8")


def layout(verdicts: Iterable[Verdict]) -> str:
    """The whole page; a stream that has no case any more is left out."""
    place = {case.id: number for number, case in enumerate(cases())}
    present = [verdict for verdict in verdicts if verdict.case in place]
    ordered = sorted(present, key=lambda verdict: (verdict.number, place[verdict.case]))
    streams = sorted({verdict.case for verdict in ordered}, key=place.__getitem__)
    reasons = list(dict.fromkeys(reason for verdict in ordered for reason in verdict.reasons))
    numbers = {reason: number for number, reason in enumerate(reasons, 1)}
    found = {(verdict.case, verdict.number): verdict for verdict in ordered}
    matrix = [[s, *(_sign(found.get((s, n)), numbers) for n in POINTS_IN_ORDER)] for s in streams]
    parts = (
        HEAD,
        "## Promises 承诺\n",
        table_of(("no.", "promise"), [(str(n), POINTS[n].title) for n in POINTS_IN_ORDER]),
        "## Matrix 总表\n",
        table_of(("stream", *map(str, POINTS_IN_ORDER)), matrix),
        "## Reasons 原因\n",
        table_of(("no.", "reason", "promises", "streams"), _reason_rows(ordered, numbers, streams)),
        "## How much was tried 验证规模\n",
        _tried(found, streams),
    )
    return "\n".join(parts)


POINTS_IN_ORDER = sorted(POINTS)


def _sign(verdict: Verdict | None, numbers: Mapping[str, int]) -> str:
    """Empty where a stream was never run."""
    if verdict is None:
        return ""
    return " ".join((SIGNS[verdict.state], *(str(numbers[reason]) for reason in verdict.reasons)))


@dataclass
class _Use:
    """Where one reason applies."""

    promises: set[int]
    streams: set[str]


def _reason_rows(
    verdicts: Iterable[Verdict], numbers: Mapping[str, int], streams: list[str]
) -> Iterator[tuple[str, ...]]:
    uses = {reason: _Use(set(), set()) for reason in numbers}
    for verdict in verdicts:
        for reason in verdict.reasons:
            uses[reason].promises.add(verdict.number)
            uses[reason].streams.add(verdict.case)
    for reason, use in uses.items():
        promises = ", ".join(map(str, sorted(use.promises)))
        yield str(numbers[reason]), reason, promises, _in_short(use.streams, streams)


def _in_short(chosen: set[str], streams: list[str]) -> str:
    """Streams by name; a connector all of whose streams are meant is named alone, and so is the whole house."""
    if chosen == set(streams):
        return "all"
    told = []
    for connector in dict.fromkeys(stream.partition(".")[0] for stream in streams):
        own = [stream for stream in streams if stream.partition(".")[0] == connector]
        hit = [stream for stream in own if stream in chosen]
        told += [connector] if hit == own else hit
    return ", ".join(told)


def _tried(found: Mapping[tuple[str, int], Verdict], streams: list[str]) -> str:
    numbers = [n for n in POINTS_IN_ORDER if any((v := found.get((s, n))) and v.tried for s in streams)]
    rows = [[s, *(v.tried if (v := found.get((s, n))) else "" for n in numbers)] for s in streams]
    return table_of(("stream", *(f"{n} {POINTS[n].title}" for n in numbers)), rows)


def _plain(text: str) -> str:
    return " ".join(text.split())


@cache
def read(text: str) -> dict[tuple[str, int], Verdict]:
    """The verdicts that a page tells, by case and number of the promise."""
    tables = {title: list(map(cells_of, lines)) for title, lines in _tables(text).items()}
    reasons = {cells[0]: cells[1] for cells in tables["Reasons 原因"][1:]}
    head, *rows = tables["How much was tried 验证规模"]
    tried = {
        (cells[0], int(title.split()[0])): text
        for cells in rows
        for title, text in zip(head[1:], cells[1:], strict=True)
    }
    found = {}
    for case, *signs in tables["Matrix 总表"][1:]:
        for number, sign in zip(POINTS_IN_ORDER, signs, strict=True):
            if sign:
                state, *numbers = sign.split()
                found[case, number] = Verdict(
                    case=case,
                    number=number,
                    title=POINTS[number].title,
                    state=STATES[state],
                    tried=tried.get((case, number), ""),
                    reasons=tuple(reasons[reason] for reason in numbers),
                )
    return found


def _tables(text: str) -> dict[str, list[str]]:
    """The rows of the table below each heading, without the line that rules the header off."""
    parts = re.split(r"^## (.*)\n", text, flags=re.MULTILINE)[1:]
    return {
        title: [line for line in body.splitlines() if line.startswith("| ")]
        for title, body in zip(parts[::2], parts[1::2], strict=True)
    }


def as_told(verdict: Verdict) -> Verdict:
    """A verdict as a page can tell it: with single spaces."""
    reasons = tuple(map(_plain, verdict.reasons))
    return replace(verdict, tried=_plain(verdict.tried), reasons=reasons)
