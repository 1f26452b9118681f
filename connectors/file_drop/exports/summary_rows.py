"""Rows of an export that are no facts in any layout: totals that people and pages add, and remarks below the table.

Belongs here: telling them from facts. Not here: total rows that a layout names and checks (export_rows.py).
"""

import re
from collections.abc import Sequence

from models.spellings import folded

TOTALS = "合计行 / total rows"
REMARKS = "说明行 / remarks"
_WORDS = "合计 总计 汇总 小计 总和 共计 合计值 汇总值 总计值 全店合计 本页合计 total totals grandtotal subtotal sum summe gesamt"
_TOTAL_WORDS = frozenset(folded(word) for word in _WORDS.split())
_REMARK = re.compile(
    r"(注|备注|注意|说明|数据说明|指标说明|统计时间|统计周期|导出时间|导出人|更新时间|下载时间|生成时间|数据来源|数据更新时间"
    r"|notes?|remarks?|exportedat|exporttime|generatedat|source)[0-9]?:.*"
)


def summary_kind(cells: Sequence[str | None], keys: Sequence[int]) -> str:
    """What a row is, if it is no fact: `TOTALS`, `REMARKS` or nothing.

    Args:
        cells: the cleaned cells of the row.
        keys: the positions of the columns that tell one fact from another, e.g. day and item.
    """
    filled = [folded(cell) for cell in cells if cell]
    if (
        filled
        and _REMARK.fullmatch(filled[0] if ":" in filled[0] else f"{filled[0]}:")
        and _is_remark(filled)
    ):
        return REMARKS
    own = [folded(cell) for k in keys if k < len(cells) and (cell := cells[k])]
    # a row that names a day, an item or a person is a fact of it, whatever words stand beside
    is_total = keys and all(word.rstrip(":") in _TOTAL_WORDS for word in own)
    return TOTALS if is_total and any(word.rstrip(":") in _TOTAL_WORDS for word in filled) else ""


def _is_remark(filled: Sequence[str]) -> bool:
    """A word with a colon, or the word and what it says in the cell beside it."""
    return ":" in filled[0] or len(filled) <= 2
