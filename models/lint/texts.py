"""Rules about what every definition has: names, formula texts, decimals, the days from which versions hold.

Not here: what a KPI counts (kpis.py).
"""

import re
from collections.abc import Iterator, Mapping

from models.definitions import Label
from models.definitions.checks import Versioned
from models.lint.finding import Breach, Holder, LintedWorld, rule
from models.units import unit_of
from models.values import YEARS

# Chinese characters: the ideographs of Unicode with their extension A
_HAN = re.compile("[\u3400-\u9fff]")
# GMV, ROI, SKU are said in Latin letters in Chinese too; two capitals tell them from an English word
_ACRONYM = re.compile(r"(?=(?:.*[A-Z]){2})[A-Za-z0-9]+")
# months in which a period of each cycle may begin
_FIRST_MONTHS = {"M": range(1, 13), "Q": (1, 4, 7, 10), "H": (1, 7), "Y": (1,)}


@rule(
    "L001",
    "warning",
    name=Label("名称缺少中文或英文", "A name lacks Chinese or English"),
    why=Label("员工看到的考核表用两种语言", "Scorecards are read in both languages"),
    remedy=Label("zh 写中文，en 写英文", "write Chinese under zh and English under en"),
)
def _lacking_language(world: LintedWorld) -> Iterator[Breach]:
    for kpi in world.kpis.values():
        yield from _language(kpi, kpi.label)
    for role in world.roles.values():
        labels = [
            role.label,
            *(d.label for d in role.duties),
            *(d.label for d in role.dimensions),
            *role.requirements,
        ]
        for label in labels:
            yield from _language(role, label)
    for plan in world.pay_plans.values():
        for label in (plan.label, *(line.label for line in plan.lines)):
            yield from _language(plan, label)


def _language(holder: Holder, label: Label) -> Iterator[Breach]:
    if not _HAN.search(label.zh) and not _ACRONYM.fullmatch(label.zh):
        yield Breach(
            holder, f"{holder.id} 的中文名没有汉字：{label.zh}", f"{holder.id}: no Chinese in zh {label.zh!r}"
        )
    # any single one: English text with a Chinese word in it cannot be read by those it is for
    if _HAN.search(label.en):
        yield Breach(
            holder,
            f"{holder.id} 的英文名含有汉字：{label.en}",
            f"{holder.id}: Chinese characters in en {label.en!r}",
        )


@rule(
    "L002",
    "warning",
    name=Label("公式说明两种语言相同", "The formula text is the same in both languages"),
    why=Label("公式要让员工看得懂", "People must be able to read how they are measured"),
    remedy=Label("用中文和英文各写一句", "say it once in Chinese and once in English"),
)
def _same_formula_text(world: LintedWorld) -> Iterator[Breach]:
    for kpi in world.kpis.values():
        if kpi.formula.zh.strip() == kpi.formula.en.strip() or not _HAN.search(kpi.formula.zh):
            yield Breach(
                kpi, f"{kpi.id} 的公式说明没有中文", f"{kpi.id} explains its formula in one language only"
            )


@rule(
    "L003",
    "warning",
    name=Label("小数位与单位不符", "Decimals do not fit the unit"),
    why=Label(
        "金额要到分，比率至少两位，计数不超过两位",
        "Money goes to the fen, a ratio needs two places, a count at most two",
    ),
    remedy=Label("金额 2 至 4 位，比率 2 至 6 位，其余 0 至 2 位", "CNY 2 to 4, ratio 2 to 6, others 0 to 2"),
)
def _odd_decimals(world: LintedWorld) -> Iterator[Breach]:
    for kpi in world.kpis.values():
        low, high = unit_of(kpi.unit).places
        # too few decimals hide a difference that pays, too many show one that nobody can measure
        if not low <= kpi.decimals <= high:
            yield Breach(
                kpi,
                f"{kpi.id}：{kpi.unit} 保留 {kpi.decimals} 位小数",
                f"{kpi.id}: {kpi.unit} with {kpi.decimals} decimals",
            )


@rule(
    "L014",
    "warning",
    name=Label("版本在期中生效", "A version begins in the middle of a period"),
    why=Label(
        "一期按最后一天有效的版本计算，期初的工作也按新规则算",
        "A period uses the version of its last day, so work already done would be judged by new rules",
    ),
    remedy=Label("从周期的第一天起生效", "let it begin on the first day of a period"),
)
def _mid_period(world: LintedWorld) -> Iterator[Breach]:
    cycles = {role.id: role.cycle for role in world.roles.values()}
    # all versions, not the newest alone: an earlier one still scores its own periods
    for item in _versions(world):
        # a KPI or a table has no cycle of its own: a month is the shortest that is settled
        months = _FIRST_MONTHS[cycles.get(item.id, "M")]
        if item.effective_from.day != 1 or item.effective_from.month not in months:
            yield Breach(
                item, f"{item.id} 从 {item.effective_from} 生效", f"{item.id} begins {item.effective_from}"
            )


@rule(
    "L015",
    "warning",
    name=Label("生效日期不合常理", "An implausible first day"),
    why=Label("0201 年或 2206 年是笔误", "The year 0201 or 2206 is a slip"),
    remedy=Label("改正 effective_from", "correct effective_from"),
)
def _odd_year(world: LintedWorld) -> Iterator[Breach]:
    for item in _versions(world):
        # the loader takes any day that exists: here a slip is told, with the years that records may have
        if item.effective_from.year not in YEARS:
            yield Breach(
                item, f"{item.id} 从 {item.effective_from} 生效", f"{item.id} begins {item.effective_from}"
            )


def _versions(world: LintedWorld) -> Iterator[Holder]:
    known = world.definitions
    lists: tuple[Mapping[str, tuple[Versioned, ...]], ...] = (
        known.kpi_versions,
        known.role_versions,
        known.grade_table_versions,
        known.pay_plan_versions,
    )
    for versions in lists:
        for items in versions.values():
            yield from items


RULES = (_lacking_language, _same_formula_text, _odd_decimals, _mid_period, _odd_year)
