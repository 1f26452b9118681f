"""A definitions folder that means harm is refused in no time: nothing outside is read, written or executed."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from models.definitions import load_definitions
from models.errors import MeritError, MeritErrors
from pipelines.company.company import load_company
from pipelines.company.untrusted_folder import MAX_BYTES, MAX_FILES, read_text, yaml_below
from tests.pace import slowness
from tests.refusals import unsaid

SECRET = "kpis: [{id: stolen}] # the neighbour's salary list"
KPI = """\
kpis:
  - id: sales
    effective_from: 2010-01-01
    label: {zh: 销售, en: Sales}
    formula: {zh: 销售额, en: sales}
    kind: result
    unit: CNY
    direction: higher
    decimals: 2
    numerator:
      - {fact: order_line, sum: %s, where: %s, date: business_date}
"""
LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{c}: &{c} [*{p}, *{p}, *{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
)
Plant = Callable[[Path], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "company" / "kpi_definitions"
    root.mkdir(parents=True)
    (tmp_path / "outside.yaml").write_text(SECRET, encoding="utf-8")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "more.yaml").write_text(SECRET, encoding="utf-8")
    return root


def text(content: str, name: str = "x.yaml") -> Plant:
    return lambda root: (root / name).write_text(content, encoding="utf-8")


def link(target: str, name: str = "x.yaml") -> Plant:
    return lambda root: (root / name).symlink_to(target)


def large(root: Path) -> None:
    with (root / "x.yaml").open("wb") as stream:
        stream.truncate(100_000_000)


def two_links_in_a_circle(root: Path) -> None:
    (root / "a.yaml").symlink_to(root / "b.yaml")
    (root / "b.yaml").symlink_to(root / "a.yaml")


def folders_without_end(root: Path) -> None:
    deep = root
    for _ in range(200):
        deep = deep / "d"
        deep.mkdir()


def many_files(root: Path) -> None:
    for number in range(MAX_FILES + 1):
        (root / f"{number}.yaml").write_text("kpis: []\n")


def much_text(root: Path) -> None:
    for number in range(10):
        (root / f"{number}.yaml").write_text("#" * (MAX_BYTES - 1))


def values_in_many_files(root: Path) -> None:
    for number in range(50):
        (root / f"{number}.yaml").write_text("kpis: [" + "x," * 14_000 + "]")


def as_many_values_as_are_read(root: Path) -> None:
    for number in range(6):
        (root / f"{number}.yaml").write_text("kpis: [" + "x," * 14_000 + "]")


def replaced_by_a_link(root: Path) -> None:
    root.rmdir()
    root.symlink_to(root.parent.parent / "outside")


HARM: dict[str, tuple[Plant, set[str]]] = {
    "python tag": (text("kpis: !!python/object/apply:os.system ['touch stolen']"), {"D105"}),
    "python name tag": (text("kpis: [!!python/name:os.system x]"), {"D105"}),
    "own tag": (text("kpis: !include ../../outside.yaml"), {"D105"}),
    "include key": (text("include: ../../outside.yaml"), {"D110"}),
    "path as a name": (text("kpis: [{id: ../../outside}]"), {"D111"}),
    "path as an id": (text((KPI % ("qty", "qty > 0")).replace("id: sales", "id: ../../etc/passwd")), {"D116"}),
    "path as a fact": (text((KPI % ("qty", "qty > 0")).replace("order_line", "../../../etc/passwd")), {"D201"}),
    "100 MB": (large, {"C002"}),
    "just too large": (text("#" * (MAX_BYTES + 1)), {"C002"}),
    "much text in many files": (much_text, {"C002"}),
    "values in many files": (values_in_many_files, {"C002"}),
    "as many values as are read": (as_many_values_as_are_read, {"D112"}),
    "more files than anybody has": (many_files, {"C002"}),
    "deep lists": (text("kpis: " + "[" * 50_000), {"D106"}),
    "deep mappings": (text("kpis: " + "{a: " * 20_000), {"D106"}),
    "deep blocks": (text("\n".join(" " * n + "a:" for n in range(1_000))), {"D106"}),
    "deep parentheses": (text(KPI % ("qty", "'" + "(" * 400 + "qty" + ")" * 400 + " > 0'")), {"D304"}),
    "endless expression": (text(KPI % (" + ".join(["qty"] * 100_000), "qty > 0")), {"D301"}),
    "billion laughs": (text(LAUGHS), {"D105"}),
    "anchor of the whole": (text("&a kpis: [*a]"), {"D105"}),
    "merge key": (text("kpis: [{<<: {id: x}}]"), {"D110"}),
    "values without end": (text("kpis: [" + "x," * 40_000 + "]"), {"D109"}),
    "SQL in a sum": (text(KPI % ('"qty); copy core_person to \'stolen\'; --"', "qty > 0")), {"D302", "D303"}),
    "SQL in a condition": (text(KPI % ("qty", "\"qty > 0 or (select 1) = 1\"")), {"D303", "D310"}),
    "SQL comment": (text(KPI % ("qty", "\"qty > 0 /* */\"")), {"D302"}),
    "file function in a formula": (text(KPI % ("\"read_text('/etc/hostname')\"", "qty > 0")), {"D303", "D310"}),
    "closed quote in a text": (text(KPI % ("qty", "\"currency = 'x' union select 'y'\"")), {"D303"}),
    "python in a formula": (text(KPI % ("\"__import__('os').system('id')\"", "qty > 0")), {"D302", "D303"}),
    "exponent": (text(KPI % ("1e999999999", "qty > 0")), {"D302", "D303", "D305"}),
    "long number": (text(KPI % ("9" * 5_000, "qty > 0")), {"D301", "D305"}),
    "not UTF-8": (lambda root: (root / "x.yaml").write_bytes(b"kpis: \xff\xfe"), {"C002"}),
    "NUL": (text("kpis: \0"), {"D102"}),
    "link out": (link("../../outside.yaml"), {"C008"}),
    "link to a system file": (link("/etc/passwd"), {"C008"}),
    "link to a device": (link("/dev/zero"), {"C008"}),
    "link to itself": (link("x.yaml"), {"C008"}),
    "links in a circle": (two_links_in_a_circle, {"C008"}),
    "link to a folder outside": (link("../../outside", "kpis"), {"C008"}),
    "link to the folder itself": (link(".", "again"), {"C008"}),
    "link that leads nowhere": (link("absent.yaml"), {"C008"}),
    "the folder itself is a link": (replaced_by_a_link, {"C008"}),
    "pipe": (lambda root: os.mkfifo(root / "x.yaml"), {"C008"}),
    "folder called x.yaml": (lambda root: (root / "x.yaml").mkdir(), {"C008"}),
    "folders without end": (folders_without_end, {"C008"}),
    "escape codes in a name": (text("kpis: []", "\x1b[31m.yaml"), {"C008"}),
    "a name that is no text": (lambda root: (root / os.fsdecode(b"\xff.yaml")).mkdir(), {"C008"}),
    "another ending": (text("kpis: []", "x.yml"), {"C007"}),
}  # fmt: skip


def snapshot(root: Path) -> list[tuple[str, int]]:
    return sorted((str(path), path.lstat().st_mtime_ns) for path in root.rglob("*"))


@pytest.mark.parametrize("name", HARM)
def test_harm_is_refused_in_two_seconds_and_touches_nothing(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, codes = HARM[name]
    plant(folder)
    monkeypatch.chdir(folder.parent.parent)  # a command that ran would leave its file here
    before = snapshot(folder.parent.parent)
    started = time.process_time()

    with pytest.raises(MeritError) as refusal:
        load_definitions(yaml_below(folder, "kpi_definitions"))

    assert time.process_time() - started < 2 * slowness()
    found = refusal.value.errors if isinstance(refusal.value, MeritErrors) else [refusal.value]
    assert {error.code for error in found} <= codes
    assert unsaid(refusal.value) == []
    assert "stolen" not in refusal.value.render() or "copy core_person" in refusal.value.render()
    assert "neighbour" not in refusal.value.render()
    assert snapshot(folder.parent.parent) == before


def test_a_link_to_another_file_of_the_same_folder_is_read(folder: Path) -> None:
    (folder / "a.yaml").write_text("kpis: []\n", encoding="utf-8")
    (folder / "b.yaml").symlink_to(folder / "a.yaml")

    assert yaml_below(folder, "own") == {"own/a.yaml": "kpis: []\n", "own/b.yaml": "kpis: []\n"}


def test_hidden_folders_and_the_folders_to_skip_are_left_out(folder: Path) -> None:
    for name in (".git", "sample", "kpis"):
        (folder / name).mkdir()
        (folder / name / "x.yaml").write_text("kpis: []\n", encoding="utf-8")

    assert list(yaml_below(folder, "own", skip=("sample",))) == ["own/kpis/x.yaml"]


def test_a_folder_that_is_not_there_holds_no_definitions(folder: Path) -> None:
    assert yaml_below(folder / "absent", "own") == {}


@pytest.mark.parametrize("target", ["/etc/passwd", "/dev/zero", "../outside.yaml", "company.yaml"])
def test_a_company_file_that_leads_elsewhere_is_not_read(folder: Path, target: str) -> None:
    (folder.parent / "company.yaml").symlink_to(target)

    with pytest.raises(MeritError) as refusal:
        load_company(folder.parent)

    assert refusal.value.code == "C008"
    assert "root:" not in refusal.value.render()


def test_a_company_folder_that_leads_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")

    with pytest.raises(MeritError, match="C008"):
        load_company(tmp_path / "loop")


def test_a_file_that_grows_while_it_is_read_is_cut_off(folder: Path) -> None:
    path = folder / "x.yaml"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)

    with pytest.raises(MeritError, match="C002"):
        read_text(path)
