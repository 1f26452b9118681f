"""`kpi connectors new`: the files of a connector with everything in place but what only its platform knows.

Belongs here: names, places, refusing to overwrite. Not here: the texts (pipelines/scaffold/), what is checked afterwards
(tests/connectors/testing/conformance/steps.py).
"""

import keyword
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from connectors.registry import names
from models.errors import UsageError
from models.loads import FILE_DROP
from models.tables import FACTS, Column
from models.whole_file import write_whole

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ROOT / "pipelines" / "scaffold"
REGISTRY = Path("connectors") / "registry.py"
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST = 24  # raw_<connector>_<stream> is a table name, and people read it in the asset graph
# Folders of connectors/ that are no connector, and the name under which fact files are loaded.
_TAKEN = {"kit", "sandbox", "testing", "file_drop", "http_json", FILE_DROP}
# A line of the registry, as the formatter writes it.
_LINE = re.compile(r'^    "([a-z0-9_]+)": \("connectors\.', re.MULTILINE)
# Columns that the template fills by itself.
_COMMON = {"platform", "shop_id", "source_row_id", "zone"}


def write_connector(name: str, stream: str, table: str, root: Path) -> int:
    """Write the files into a checkout, add the line to its registry, say what comes next; returns 0.

    Raises:
        UsageError: U031 and U033 to U035 for a name, table or folder that cannot be used.
    """
    name, stream = _checked(name, "connector"), _checked(stream, "stream")
    if name in _TAKEN or name in names():
        raise UsageError("U033", "this name is taken", actual=name, remedy="choose another name")
    tables = [fact.name for fact in FACTS.values() if not fact.derived_from]
    if table not in tables:
        raise UsageError(
            "U034",
            "no stream can fill such a table",
            actual=table[:40],
            remedy=f"one of {', '.join(tables)}",
        )
    if not (root / REGISTRY).is_file():
        raise UsageError("U035", "this is no checkout of meritline", where=str(root), actual=f"no {REGISTRY}")
    files = _files(name, stream, table)
    # before the first is written: a refusal leaves nothing half done
    there = [place for place in files if (root / place).exists()]
    if there:
        raise UsageError("U031", "there is something of that name already", actual=", ".join(there))
    for place, text in files.items():
        path = root / place
        write_whole(path, text.encode())
        print(f"written: {place}")
    _register(root / REGISTRY, name)
    print(f"registered: {REGISTRY}")
    test = f"tests/connectors/test_{name}.py"
    print(
        f"\nnext: .venv/bin/pytest -n 0 --show-capture=no {test}\nIt says what is missing, one thing at a time. 逐步提示缺什么。"
    )
    return 0


def _checked(name: str, what: str) -> str:
    """A name that can stand in modules, table names and URLs."""
    # a keyword of Python cannot be the name of a module that is imported
    if not _NAME.fullmatch(name) or len(name) > _LONGEST or keyword.iskeyword(name):
        raise UsageError(
            "U033",
            f"this cannot be the name of a {what}",
            actual=repr(name[:40]),
            remedy=f"use a-z, 0-9 and single _ between, at most {_LONGEST} characters, for example tiktok_shop",
        )
    return name


def _files(name: str, stream: str, table: str) -> dict[str, str]:
    """Place below the root, and text."""
    environment = Environment(
        loader=FileSystemLoader(TEXTS),
        autoescape=select_autoescape(()),  # for no kind of file: these are Python and SQL, not HTML
        # a word that a template misspells stops here, instead of leaving a hole in the code
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    words = {
        "name": name,
        "stream": stream,
        "table": table,
        "cls": _camel(name),
        "row": _camel(stream.removesuffix("s")),
        "title": name.replace("_", " ").title(),
        "fact": FACTS[table],
        "columns": _columns(table),
    }
    places = {
        f"connectors/{name}/__init__.py": "connector.py.j2",
        f"connectors/{name}/rows.py": "rows.py.j2",
        f"connectors/{name}/README.md": "README.md.j2",
        f"connectors/testing/fakes/{name}.py": "fake.py.j2",
        f"tests/connectors/testing/conformance/cases/{name}.py": "case.py.j2",
        f"tests/connectors/test_{name}.py": "test.py.j2",
        f"warehouse/sql/feeds/{name}_{stream}__{table}.sql": "feed.sql.j2",
    }
    return {place: _in_order(environment.get_template(text).render(words)) for place, text in places.items()}


def _in_order(text: str) -> str:
    """Import lines as the linter wants them, whatever the name is."""
    lines = text.splitlines(keepends=True)
    ours = [number for number, line in enumerate(lines) if line.startswith("from connectors.")]
    for number, line in zip(
        ours, sorted((lines[n] for n in ours), key=lambda one: one.split()[1]), strict=True
    ):
        lines[number] = line
    return "".join(lines)


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _columns(table: str) -> list[Column]:
    """What may be given, required columns first."""
    given = [c for c in FACTS[table].given if c.name not in _COMMON]
    return sorted(given, key=lambda column: not column.required)


def _register(path: Path, name: str) -> None:
    """One line, in the order of names."""
    text = path.read_text(encoding="utf-8")
    line = f'    "{name}": ("connectors.{name}", "{_camel(name)}"),\n'
    after = [match for match in _LINE.finditer(text) if match[1] > name]
    # the last of all goes before the brace that closes the dictionary
    at = after[0].start() if after else text.index("\n}", text.index("_CONNECTORS")) + 1
    write_whole(path, (text[:at] + line + text[at:]).encode())
