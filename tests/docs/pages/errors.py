"""The page of codes, from the table of codes.

Belongs here: layout, and what is said about a letter as a whole. Not here: what a code means (models/codes).
"""

from dataclasses import dataclass
from pathlib import Path

from models.codes import FILES, Code, sections
from models.errors import DefinitionError
from tests.docs.pages.markdown import table_of

PAGE = Path("docs/reference/errors.md")


@dataclass(frozen=True)
class Letter:
    """What is said about all codes of one file."""

    letter: str
    about: str
    mends: str
    said: str = ""


LETTERS = {
    "causes": Letter(
        "M",
        "cause of a missing figure 缺失原因",
        "ops lead, HR",
        "A missing figure is never counted as 0. `kpi why PERSON KPI PERIOD` shows the cause with its facts.\n"
        "缺失的数字绝不按 0 计算；`kpi why` 会显示原因与依据。",
    ),
    "pulling": Letter(
        "P",
        "a platform did not deliver a provably complete window 取数",
        "ops lead, engineer",
        "The window is left out whole, the cause stands on the board, figures that need it are missing with it.\n"
        "After P103, P104, P105, P120, and P109 caused by Retry-After, the remaining windows of the stream fail with the\n"
        "same cause. 该时间窗整体不计入，原因显示在看板上，依赖它的数字一并缺失。",
    ),
    "company": Letter("C", "company folder 公司文件", "whoever keeps the file"),
    "definitions": Letter(
        "D",
        "definitions in `kpi_definitions/` 指标定义",
        "HR, engineer",
        "Every message names file and line. `kpi lint` shows all of them at once. The format:\n"
        "[kpi_definitions/README.md](../../kpi_definitions/README.md). What it finds beyond refusals, codes L001 and on:\n"
        "[lint.md](lint.md). Codes in words are those of the methods behind `models.evaluate`.",
    ),
    "commands": Letter("U", "the command as typed 命令", "you"),
    "rights": Letter(
        "R",
        "who may do what 权限",
        "whoever keeps access.yaml",
        "Some hold whatever access.yaml says (R102, R104, R105). How to write it:\n"
        "[hr.md](../hr.md#who-may-do-what-谁可以做什么).\n"
        "其中 R102、R104、R105 与 access.yaml 的内容无关，永远成立。",
    ),
    "signing": Letter(
        "S",
        "a decision does not fit the state of a period or card 月结",
        "HR, managers",
    ),
    "checks": Letter("K", "a check found wrong rows 检查", "engineer"),
    "warehouse": Letter("W", "the warehouse 数据库", "engineer"),
}
EXAMPLE = DefinitionError(
    "D208", "unknown KPI gros_margin", where="roles/x.yaml:21", remedy="did you mean gross_margin?"
)
HEAD = f"""\
# Every code, what it means, what to do / 错误码

A message reads `[code] what | at where | found: the value | do: the remedy`; the line below it says meaning and remedy
in Chinese. 每条错误第二行为中文含义与建议。

```
{EXAMPLE.render()}
```

Exit code 1 means that data or definitions are wrong, 2 that the command was. Codes are stable; texts may improve.
This page is made by `make pages` from `models/codes/`; tests keep page, table and code equal.

| letter | about | who mends it |
|---|---|---|
"""


def made() -> dict[Path, str]:
    """The page."""
    return {PAGE: _page()}


def _page() -> str:
    rows = "".join(f"| {a.letter} | {a.about} | {a.mends} |\n" for a in LETTERS.values())
    return "\n".join([HEAD + rows, *map(_chapter, FILES)])


def _chapter(file: str) -> str:
    """One letter; headings below it only where it has several tables."""
    letter, tables = LETTERS[file], sections(file)
    head = f"## {letter.letter}: {letter.about}\n\n" + (f"{letter.said}\n\n" if letter.said else "")
    if len(tables) == 1:
        return head + "".join(map(_table, tables.values()))
    return head + "\n".join(f"### {title}\n\n{_table(rows)}" for title, rows in tables.items())


def _table(rows: tuple[Code, ...]) -> str:
    return table_of(("code", "meaning 含义", "what to do 建议"), map(_cells, rows))


def _cells(entry: Code) -> tuple[str, str, str]:
    shown = entry.code if entry.code[0].isupper() else f"`{entry.code}`"
    return shown, f"{entry.zh}<br>{entry.en}", f"{entry.remedy_zh}<br>{entry.remedy_en}"
