# ruff: noqa: E501 -- prose of a page, wrapped by characters as the other pages are
"""The page of exports, from the shipped layouts of exports.

Belongs here: the prose around the layouts. Not here: the layouts (connectors/file_drop/exports).
"""

from pathlib import Path

from connectors.file_drop.exports.export_layout import ExportColumn, ExportLayout, Skip, shipped_exports
from models.tables import FACTS

PAGE = Path("docs/reference/exports.md")

_INTRO = """\
# Exports of platforms 平台导出文件

The files you already download: 生意参谋, 千牛, 飞鸽, 抖店, Amazon, Shopify. No copying of columns into a template.
平台后台下载的文件可直接使用，不必改列名、删标题行或删合计行。Rows of totals (合计, 总计, 汇总, Total ...) whose day, item or person is empty, and remarks
below the table (注：, 数据说明, 导出时间 ...), are left out and counted in the proof.

## Use one in four steps 四步使用

1. Download for whole days that are over, do not open and save it in a spreadsheet (long ids lose their last digits), and put it below
   the company folder, e.g. `exports/shop-2026-10.xlsx`. `.xlsx`, `.csv` and `.tsv` are read; save an old `.xls` as `.xlsx`.
   下载整天的数据，不要用表格软件另存 CSV（长编号会丢位），放进公司文件夹。
2. `kpi connectors recognise exports/shop-2026-10.xlsx --company my-company` says what the file is, which columns are taken and which
   are not, and prints its entry for `facts.yaml`. 命令会显示文件类型、取用的列，并给出 facts.yaml 条目。
3. Paste the entry, fill in `shop_id`, and compare `rows` and `totals` with what the platform's page shows. 粘贴条目，与平台页面核对。
4. `kpi run`.

```yaml
drops:
  - table: traffic
    file: exports/shop-2026-10.xlsx
    layout: auto
    platform: taobao
    shop_id: tm-flagship
    zone: Asia/Shanghai
    from: 2026-10-01
    to: 2026-10-31
```

`layout: auto` takes the one layout whose headers all stand in the file; or write its name. Everything else is as for
[fact files](../fact-files.md): a file is loaded whole or not at all, the same days delivered again replace what was there.

A report of one file a day (千牛 客服绩效) needs one entry: `file: "exports/千牛客服-{day}.xlsx"`, see [one file a day](../fact-files.md#what-the-entry-proves).

## What proves an export whole 完整性

| proof | where |
|---|---|
| the total row of the file equals its rows (C167) | layouts with a total row; the row itself is left out |
| every day from `from` to `to` is there (C168) | layouts by day |
| each order's subtotal is that of its lines, less at most its discounts (C167) | Shopify, beside `rows:` |
| an order's parts make its total, with its tax or without (C180) | Shopify, orders with tax |
| `rows:`, `totals:` of the entry (C143, C144) | any; one of them is needed where the file proves nothing itself (C169) |

`rows` counts the rows below the header, total rows aside, rows that are left out (e.g. unpaid orders) included.

## How cells are read 单元格

* `-`, `--`, `—`, 空 and nothing at all are *no value*, never 0. 无值不等于 0。
* `1,234.50`, `1,08,218.36`, `12.34%`, a currency sign: exact decimals. `1.2万`, full-width digits and formulas are refused.
* `1.234,50` is read where the layout or the entry says `decimal: ","`. An amount with more decimals than its currency has, such as
  `1.234` EUR, is refused (C201) unless `decimals:` is stated: it may be a thousand. 金额小数位多于币种者拒绝。
* Days in any spelling with one meaning: `2026-01-31`, `2026/1/31`, `2026.1.31`, `2026年1月31日`, a spreadsheet's serial number.
* Headers are compared without case, blanks, width and kinds of dashes: `Sessions – Total` is `Sessions - Total`.
* Ids are text: the tab, `'` or `="..."` around them is removed; `6.91E+18`, or ids that all end in zeros after 15 digits, are refused (C158).
* `01/02/26` is read the way round that lies in the days of the entry; where both do, state `date_format: "%d/%m/%y"`.
* A currency sign must be that of `currency:`; two signs in one file are refused (C140).
* Columns marked personal, and columns a layout does not know, are not read at all. 个人信息列与未知列一律不读取。

## Two months of orders 相邻月份的订单

A file of orders may be bounded by the day of the order or by that of the payment, whichever the platform offers: all its rows must keep
to one of the two. An order of 31 January 23:59:58 that was paid on 1 February stays in the file of January and counts on 1 February. One
that stands in both files counts once, from the file that knows more (paid, refunded), else from that of the later days; where both
state the payment and differ in day or amount, the later is refused (W205). An order that was paid after its file was downloaded
comes in when that file is downloaded again: take the month anew some days after its end, and begin a first file some days before the
first day you need. 订单按下单日或付款日导出均可; 跨月付款的订单只计一次, 计在付款日; 月后几天请重新下载一次, 以补上迟付的订单。

## When a file is not recognised 未识别时

No layout fits (C164): the command names the three nearest, what each lacks, and shows a mapping to fill in; with `--write` it goes into
`layouts/` of the company folder. Fill in the headers, run the command again. A file of the same name as a shipped layout replaces
it: so you mend one when the platform renames a column. Several layouts fit (C165): name one. 同名文件可替换自带版式，用于平台改列名时。

Where one layout needs a file per day, the export itself names no day: `from` and `to` are that day.

## The layouts 自带版式

How far we know them: **documented** = the platform's own documentation names the headers; **community** = public parsers and their test
files quote the header row, we have not seen a file of the platform; **unverified** = a guess. None of the shipped ones is *documented* as
long as nobody has given us a real file: compare the first load with the platform's page. 首次使用请与平台页面核对。
"""


def made() -> dict[Path, str]:
    """The page."""
    return {PAGE: _page()}


def _page() -> str:
    layouts = shipped_exports().values()
    rows = [
        f"| [{one.name}](#{one.name}) | {one.label.zh} | {one.label.en} | `{one.table}` | {one.verified} |"
        for one in layouts
    ]
    head = ["| layout | 中文 | English | table | known from |", "|---|---|---|---|---|"]
    return "\n".join([_INTRO, *head, *rows, *(_section(one) for one in layouts)]) + "\n"


def _section(one: ExportLayout) -> str:
    notes = [f"* {one.note.zh}", f"* {one.note.en}"] if one.note else []
    notes += [
        f"* left out 不计入: {skip.why.zh} / {skip.why.en} ({'、'.join(skip.column)}: {_words(skip)})"
        for skip in one.skip
    ]
    if one.total:
        notes.append(f"* total row {'、'.join(one.total.checked)} is compared ({'、'.join(one.total.sums)}), "
                     f"{'、'.join(one.total.unchecked)} are left out")  # fmt: skip
    notes += [f"* personal, never read 个人信息不读取: {'、'.join(one.personal)}"] if one.personal else []
    columns = [f"| {name} | {_column(one, name)} | {_source(one.columns[name])} |" for name in one.columns]
    fixed = [f"| {name} | {_column(one, name)} | always `{value}` |" for name, value in one.constants.items()]
    if one.split:
        fixed.append(
            f"| {one.split.column} | {_column(one, one.split.column)} | {one.split.total} of the order, divided |"
        )
        if taxes := one.split.taxes:
            fixed.append(
                f"| {taxes.into} | {_column(one, taxes.into)} | {taxes.amount} of the order, divided; in {one.split.column} it is not |"
            )
    lines = [
        f"\n### {one.name}\n",
        f"{one.label.zh} / {one.label.en}: {one.grain.zh} / {one.grain.en}. {one.verified}: {one.source.strip()}\n",
        "| column | 中文 | header in the file |\n|---|---|---|",
        *columns,
        *fixed,
        "",
        *notes,
    ]
    return "\n".join(lines).rstrip()


def _words(skip: Skip) -> str:
    return ", ".join(word or "empty" for word in skip.among)


def _column(one: ExportLayout, name: str) -> str:
    column = FACTS[one.table].column(name)
    return column.zh if column else ""


def _source(column: ExportColumn) -> str:
    if column.number_within:
        return f"{column.number_within} and the place in its order"
    words = " + ".join(" or ".join(group) for group in column.alternatives)
    words += f", where it is empty {' or '.join(column.where_empty)}" if column.where_empty else ""
    words += f" ({', '.join(column.only)}; another word is refused, C181)" if column.only else ""
    words = (
        f"{words}, else the day of the entry"
        if column.of_the_entry and words
        else words or "the day of the entry"
    )
    return f"{words} (optional)" if column.optional and not column.of_the_entry else words
