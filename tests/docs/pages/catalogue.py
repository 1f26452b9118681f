"""The pages of KPIs and roles, from the shipped definitions.

Belongs here: layout of the two catalogues. Not here: any fact about a KPI or role; all of it stands in kpi_definitions/.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from models.definitions import Definitions, Kpi, Role, RoleLine, load_definitions, parts_of
from models.definitions.rules import rule_of
from models.money import divide, multiply, plain
from models.wording import shown
from pipelines.company.company import shipped_definitions
from tests.docs.pages.markdown import row_of

KPIS, ROLES = Path("docs/reference/kpis.md"), Path("docs/reference/roles.md")

KINDS = {"result": "结果 result", "process": "过程 process", "behaviour": "行为 behaviour"}
DIRECTIONS = {"higher": "↑", "lower": "↓"}
CYCLES = {"M": "月度 monthly", "Q": "季度 quarterly", "H": "半年 half-yearly", "Y": "年度 yearly"}
MEASURES = {"RatedItem": "评分 ratings", "FromReports": "下属得分 scores of the reports"}

KPI_HEAD = """# KPI catalogue 指标目录

Every KPI that comes with the product, made by `make pages` from
`kpi_definitions/kpis/`; a test compares. ↑ higher is better 越高越好, ↓ lower is better 越低越好.
Ratios are fractions: 0.12 is 12 %. The formula is for readers; the definition it links to decides.
"""
ROLE_HEAD = """# Role catalogue 岗位目录

Every role that comes with the product, made by `make pages` from
`kpi_definitions/roles/`; a test compares. Weights are percent of the whole.
**Targets are examples 目标值仅为示例: replace them by your own history** before anybody is scored by them;
`plan` stands in targets.csv. Methods: [definition format](../../kpi_definitions/README.md).
"""


def made() -> dict[Path, str]:
    """Both catalogues."""
    known = load_definitions(shipped_definitions())
    return {KPIS: _kpi_page(known), ROLES: _role_page(known)}


def _kpi_page(known: Definitions) -> str:
    users: dict[str, list[str]] = {}
    for role in known.roles.values():
        for line in role.lines:
            users.setdefault(line.kpi, []).append(role.id)
    kpis = sorted(known.kpis.values(), key=lambda k: (_file(k.source), _line(k.source)))
    parts = [KPI_HEAD, f"{len(kpis)} KPIs.\n"]
    for file, group in groupby(kpis, key=lambda k: _file(k.source)):
        rows = [_kpi_row(known, kpi, users.get(kpi.id, [])) for kpi in group]
        columns = (
            "id",
            "指标 KPI",
            "类别 kind",
            "单位 unit",
            "",
            "公式 formula",
            "数据 source",
            "岗位 roles",
        )
        head = "\n".join([row_of(columns), row_of(("---",) * len(columns))])
        parts.append("\n".join([f"## {Path(file).stem}\n", head, *rows]) + "\n")
    return "\n".join(parts)


def _kpi_row(known: Definitions, kpi: Kpi, users: list[str]) -> str:
    read = dict.fromkeys(a.fact for a in parts_of(kpi, known.kpis.__getitem__).all)
    facts = ", ".join(read) or MEASURES[type(kpi.measure).__name__]
    facts += "".join(f"<br>否则 else `{name}`" for name in kpi.or_else)
    stands_for = ", ".join(f"`{other.id}`" for other in known.kpis.values() if kpi.id in other.or_else)
    unused = f"替代 in the place of {stands_for}" if stands_for else "可选 optional"
    roles = ", ".join(f"[{name}](roles.md#{name})" for name in users) or unused
    cells = (
        f"[`{kpi.id}`]({_link(kpi.source)})",
        f"{kpi.label.zh}<br>{kpi.label.en}",
        KINDS[kpi.kind],
        kpi.unit,
        DIRECTIONS[kpi.direction],
        f"{kpi.formula.zh}<br>{kpi.formula.en}",
        facts,
        roles,
    )
    return row_of(cells)


def _role_page(known: Definitions) -> str:
    roles = sorted(known.roles.values(), key=lambda r: r.id)
    index = "\n".join(f"- [{r.label.zh} {r.label.en}](#{r.id})" for r in roles)
    parts = [ROLE_HEAD, f"{len(roles)} roles.\n", index + "\n"]
    return "\n".join([*parts, *("\n".join(_role(known, role)) for role in roles)])


def _role(known: Definitions, role: Role) -> Iterator[str]:
    yield f"## {role.id}\n"
    yield f"**{role.label.zh} · {role.label.en}**, 周期 cycle: {CYCLES[role.cycle]}. [Definition]({_link(role.source)}).\n"
    yield "职责 duties: " + "; ".join(f"{d.label.zh} ({d.label.en})" for d in role.duties) + ".\n"
    if role.requirements:
        yield "任职门槛 requirements: " + "; ".join(f"{r.zh} ({r.en})" for r in role.requirements) + ".\n"
    if role.next_roles:
        yield "晋升 next: " + ", ".join(f"[{known.roles[n].label.zh}](#{n})" for n in role.next_roles) + ".\n"
    yield "| 维度 | 指标 KPI | 权重 weight | 目标 target | 评分标准 rule |\n|---|---|---|---|---|"
    for line in role.lines:
        yield _line_row(known, role, line)
    yield ""


def _line_row(known: Definitions, role: Role, line: RoleLine) -> str:
    kpi = known.kpis[line.kpi]
    dimension = next(d for d in role.dimensions if d.id == line.dimension)
    rule = rule_of(line, kpi).describe()
    target = "" if line.target is None else "plan 计划" if line.target == "plan" else plain(line.target)
    target = "同岗均值 mean of the peers" if line.peer_target else target
    weight = shown(divide(multiply(dimension.weight, line.weight), Decimal(100)))
    cells = (dimension.label.zh, f"{kpi.label.zh} {kpi.label.en}", weight, target, f"{rule.zh}<br>{rule.en}")
    return row_of(cells)


def _file(source: str) -> str:
    return source.rpartition(":")[0]


def _line(source: str) -> int:
    return int(source.rpartition(":")[2])


def _link(source: str) -> str:
    """From docs/reference/ to the file; line numbers are left out, for they would make every page of every change different."""
    return f"../../{_file(source)}"
