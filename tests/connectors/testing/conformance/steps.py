"""What a connector in the making lacks next, in words for the engineer who makes it.

Belongs here: the order of the steps. Not here: what is promised (connectors/testing/conformance), the files that
`kpi connectors new` writes (pipelines/scaffold).
"""

import re
from importlib import import_module
from pathlib import Path

from connectors import registry
from connectors.kit.contract.errors import DeclarationWrong
from connectors.testing.conformance import POINTS, Bench, examine
from warehouse.facts.feeds import shipped_feeds

ROOT = Path(__file__).resolve().parents[4]
FILL_IN = re.compile(r"FILL IN (.*?)(?: -->)?$")
HELP = {
    "proof": "how does the platform say 'that was all'? A flag: proof=Flag(\"last\", expected=True). A count:\n"
    '  proof=Count(count, "count"). Both: proof=Every(Flag(...), Count(...)). More in connectors/kit/contract/proofs.py.\n'
    "  There is no 'trust me' proof: without one choose another endpoint. 平台如何说明“已全部返回”？",
    "lookback": "how late may a record still appear in a window that was read? lookback=timedelta(hours=1), or\n"
    "  timedelta(0), also with a reason. 记录最迟多久还会出现在已读过的时间窗里？",
    "lookback_reason": "why that far: a page of the platform, or what you measured. 理由必填。",
    "docs": "the platform's page that describes the stream, https. 平台文档页。",
    "limit": 'who shares the request budget: limit="{shop_id}" for an account of its own, a fixed word for the whole app.\n'
    "  The pace stands in rate. 请求额度由谁共享？",
    "feeds": "which canonical tables of models/tables/ are filled from it. 填充哪些标准表？",
    "pii": "a field that is personal may not stand in the row model. 个人字段不得保留。",
}


def next_step(name: str) -> str:
    """The next thing to do, nothing when the connector keeps every promise."""
    return _undeclared(name) or _unfilled(name) or _unregistered(name) or _unfed(name) or _unkept(name)


def _say(where: str, what: str, how: str) -> str:
    return f"\nNEXT 下一步: {where}\n  {what}\n  {how}\n  The page: docs/connectors.md"


def _undeclared(name: str) -> str:
    """What the kit refuses when the class is made."""
    try:
        import_module(f"connectors.{name}")
    except DeclarationWrong as error:
        found = re.search(r"\((\w+)\)$", error.what)
        field = found[1] if found else "pii" if "personal" in error.what else ""
        how = HELP.get(field, "see the docstring of Stream in connectors/kit/contract/stream.py")
        return _say(f"connectors/{name}/__init__.py", f"[{error.code}] {error.what}", how)
    return ""


def _unfilled(name: str) -> str:
    """The first place that only somebody who reads the platform's pages can fill."""
    files = [
        *(f"connectors/{name}/{file}" for file in ("rows.py", "__init__.py")),
        f"connectors/testing/fakes/{name}.py",
        f"tests/connectors/testing/conformance/cases/{name}.py",
        *sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / "warehouse/sql/feeds").glob(f"{name}_*.sql")),
        f"connectors/{name}/README.md",
    ]
    for file in files:
        path = ROOT / file
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        for number, line in enumerate(lines, 1):
            if found := FILL_IN.search(line):
                return _say(f"{file}:{number}", f"fill in {found[1]}", "then delete the words FILL IN")
    return ""


def _unregistered(name: str) -> str:
    if name in registry.names():
        return ""
    line = f'"{name}": ("connectors.{name}", "<its class>"),'
    return _say("connectors/registry.py", f"the connector {name} is not registered", f"add {line}")


def _unfed(name: str) -> str:
    for stream in registry.get(name).streams:
        for table in stream.feeds:
            file = f"warehouse/sql/feeds/{name}_{stream.name}__{table}.sql"
            if (f"{name}_{stream.name}", table) not in {(feed.stem, feed.table) for feed in shipped_feeds()}:
                how = "write the SELECT as warehouse/sql/feeds/README.md says"
                return _say(file, f"{stream.name} says that it fills {table}, but there is no feed", how)
    return ""


def _unkept(name: str) -> str:
    """The first promise of the suite that a stream does not keep."""
    file = f"tests/connectors/testing/conformance/cases/{name}.py"
    cases = import_module(f"tests.connectors.testing.conformance.cases.{name}").CASES
    for case in cases:
        with Bench(case) as bench:
            for number in sorted(n for n, point in POINTS.items() if not point.is_slow):
                verdict = examine(bench, number)
                if verdict.state == "fail":
                    what = f"{case.id}, point {number}, {verdict.title}: {verdict.said}"
                    how = "mend the connector, or the fake where it is not true to the platform"
                    return _say(file, what, how)
    untried = {s.name for s in registry.get(name).streams} - {case.stream for case in cases}
    return _say(file, f"no case for {', '.join(sorted(untried))}", "add one per stream") if untried else ""
