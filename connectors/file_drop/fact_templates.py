"""What `kpi init` writes for fact files: facts.yaml with remarks, and one template per canonical table, from the registry.

Not here: the templates of company tables (templates.py), the tables (models/tables).
"""

from decimal import Decimal

from connectors.file_drop.fact_layouts import fact_layout, file_columns
from connectors.file_drop.layout import ColumnSpec
from models.tables import FACTS, Column, ColumnType, Sensitivity
from models.tables.words import shown_words

FOLDER = "facts/templates"
# How a cell of a kind may be written, as every template says; the bounds are those of models/values.py.
FORMS = {
    "date": "2026-01-31, 2026/1/31, 2026.1.31 or 2026年1月31日, years 1971 to 2100",
    "instant": "2026-01-31 09:30, 2026/1/31 9:30:00, with or without +08:00",
    "period": "2026-01, 2026年1月, 2026-Q1, 2026-H1 or 2026, years 1971 to 2100",
    "boolean": "yes 是 | no 否",
}
_EXAMPLES = {
    ColumnType.DATE: "2026-01-31",
    ColumnType.INSTANT: "2026-01-31 09:30:00",
    ColumnType.BOOLEAN: "yes",
    ColumnType.NUMBER: "12",
    ColumnType.TEXT: "A-001",
}
_OWN_EXAMPLES = {"currency": "CNY", "country": "CN"}

MANIFEST_TEXT = """\
# Files with figures that no connector brings. Each entry names a file, the days it speaks for, and what it must add up to:
# a file that does not hold is not loaded, and its days count as missing, with the cause on the board.
# 连接器没有的数据, 用文件补充。每一项写明: 哪个文件, 覆盖哪些日期, 应有多少行、合计多少; 对不上则整个文件不入库, 看板给出原因。
# A changed file replaces the rows of its days. Two files of one table and shop must not share a day.
# A file of orders or refunds may be bounded by the day of order or of payment; what was paid after its last day stays in it.
# 订单文件可按下单日或付款日划分; 最后一天下单、次日付款的订单留在原文件中即可。
# An entry speaks for at most 1100 days, from 1971 to 2100; split a longer history. 每一项最多 1100 天, 更长的历史请分成几项。
# Amounts have the decimals of their currency, at most 4 if `decimals:` says so. 金额小数位同币种, 声明 decimals: 后最多 4 位。
# Templates of all tables, with every column explained: facts/templates/ (表头可用中文列名).
drops: []
#  - table: traffic
#    file: facts/traffic-2026-01.csv
#    shop_id: myshop
#    zone: Asia/Shanghai
#    from: 2026-01-01
#    to: 2026-01-31
#    rows: 31                        # rows below the header 表头以下行数
#    totals: {visitors: 12345}       # control totals of number columns, exact 对账合计, 须分毫不差
#    currency: CNY                   # where the file has no currency column
#    layout: auto                    # for a file as a platform exports it (then rows is optional) 平台导出文件
#    decimal: ","                    # where a comma stands before the decimals, e.g. 1.234,50 以逗号为小数点
#    encoding: gbk                   # optional, as in files.yaml: encoding, delimiter, date_format, sheet, columns,
#                                    # thousands, decimals
"""


def fact_templates() -> dict[str, str]:
    """Every template by its path below the company folder."""
    names = [t.name for t in FACTS.values() if not t.derived_from]
    return {"facts.yaml": MANIFEST_TEXT} | {f"{FOLDER}/{name}.csv": _template(name) for name in names}


def _template(name: str) -> str:
    fact, columns, specs = FACTS[name], file_columns(name), fact_layout(name).columns
    notes = [f"# {fact.zh} / {fact.grain}", f"# {_key(name)}"]
    notes += [_note(column, spec) for column, spec in zip(columns, specs, strict=True)]
    example = ",".join(_example(column) for column in columns)
    header = ",".join(column.name for column in columns)
    # a quotation mark in a remark would open a CSV cell that runs over the lines below
    return "\n".join([header, *(note.replace('"', "'") for note in notes), f"# example: {example}", ""])


def _key(name: str) -> str:
    return f"one row per 唯一键: {', '.join(fact_layout(name).grain)}; its day 所属日期: {' or '.join(FACTS[name].own_days)}"


def _note(column: Column, spec: ColumnSpec) -> str:
    """What to write into a column, for both readers."""
    words = ["required 必填" if column.required else "optional 选填", spec.type]
    words += [f"one of {shown_words(column.name, column.allowed)}"] if column.allowed else []
    words += [FORMS[spec.type]] if spec.type in FORMS else []
    words += [f"at most {spec.places} decimals 最多{spec.places}位小数"] if spec.type == "decimal" else []
    words += [str(column.bounds)] if str(column.bounds) else []
    words += [f"empty means {column.default}"] if column.default else []
    words += [column.unit] if column.unit else []
    words += ["kept as a hash only 仅存散列值"] if column.sensitivity is Sensitivity.PERSONAL else []
    return f"#   {column.name} ({column.zh}): {'; '.join(words)}. {column.description}"


def _example(column: Column) -> str:
    if column.type is ColumnType.NUMBER and not column.bounds.holds(Decimal(_EXAMPLES[column.type])):
        return str(column.bounds.most)
    return column.allowed[0] if column.allowed else _OWN_EXAMPLES.get(column.name, _EXAMPLES[column.type])
