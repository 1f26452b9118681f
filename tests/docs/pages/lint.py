"""The page of lint rules, from the rules of the linter. Not here: the rules (models/lint)."""

from pathlib import Path

from models.lint import RULES, LintRule
from tests.docs.pages.markdown import table_of

PAGE = Path("docs/reference/lint.md")
SUBJECTS = {
    "L00": "Names, units, what a KPI counts 名称、单位、统计口径",
    "L01": "Names, units, what a KPI counts 名称、单位、统计口径",
    "L02": "Roles 岗位",
    "L03": "Roles 岗位",
    "L04": "How a line is scored 计分",
    "L05": "How a line is scored 计分",
    "L06": "Grades 等级",
    "L07": "Pay 薪酬",
    "L08": "Pay 薪酬",
    "L09": "What only a company knows 公司情况",
    "L11": "What only a company knows 公司情况",
    "L12": "Who may do what 谁可以做什么",
    "L13": "Days that clocks run by 期限与工作日",
    "L10": "Names, units, what a KPI counts 名称、单位、统计口径",
}
SEVERITY = {"error": "error 错误", "warning": "warning 警告", "notice": "notice 提示"}
HEAD = """\
# What `kpi lint` finds in definitions that load / 检查规则

The loader refuses what cannot be computed: D101 and on, `weights_sum`, `bands_gap` and others, see [errors.md](errors.md).
The linter goes on where the loader stops: the figure can be computed, and still somebody is cheated or nobody is steered.
加载时拒绝无法计算的定义；检查器再指出能算出来、但不公平或不起作用的定义。

* **error 错误**: the figure would be wrong, or people would be cheated. `kpi lint` ends with exit code 1.
* **warning 警告**: published plans went wrong this way. Mend it, or accept it with the reason (below).
* **notice 提示**: worth knowing. Shown by `kpi lint --all`. A rule may give a milder severity where little hangs on it.

A role, a grade table or a pay plan accepts a finding with its reason; an accepted code that finds nothing is itself found (L039):

```yaml
    accepts:
      - {code: L042, why: {zh: 爆款只加分, en: Hits only add points}}
```

An editor that knows JSON schemas checks keys, units, methods and dates while you type: point it at
[kpi_definitions/schema.json](../../kpi_definitions/schema.json), e.g. for files `kpi_definitions/**/*.yaml`, or start a file with
`# yaml-language-server: $schema=../schema.json`.
"""


def made() -> dict[Path, str]:
    """The page."""
    return {PAGE: _page()}


def _page() -> str:
    parts = [HEAD]
    for subject in dict.fromkeys(SUBJECTS.values()):
        rules = [rule for rule in RULES if SUBJECTS[rule.code[:3]] == subject]
        parts.append(f"## {subject}\n\n{_table(rules)}")
    return "\n".join(parts)


def _table(rules: list[LintRule]) -> str:
    return table_of(("code", "severity", "what it finds", "why", "what to do"), map(_cells, rules))


def _cells(rule: LintRule) -> list[str]:
    texts = [f"{text.zh}<br>{text.en}" for text in (rule.name, rule.why, rule.remedy)]
    return [rule.code, SEVERITY[rule.severity], *texts]
