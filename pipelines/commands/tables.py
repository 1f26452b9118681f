"""`kpi tables`: what readers may rely on in the published file. Not here: what the words say (warehouse/published/catalogue)."""

import argparse

from models.definitions.reading import nearest
from models.errors import UsageError
from pipelines.commands.table import table
from warehouse.published.catalogue import PublishedTable, published_catalogue


def tables(chosen: argparse.Namespace) -> int:
    """Every published table with one line, or one of them with its columns; needs neither a company nor a publication."""
    known = published_catalogue()
    if not chosen.name:
        print(table(["table", "中文", "meaning"], [[one.name, *one.in_one_line()] for one in known.values()]))
        return 0
    if chosen.name not in known:
        remedy = nearest(chosen.name, known)
        raise UsageError("U036", "no such published table", actual=chosen.name[:60], remedy=remedy)
    print(_described(known[chosen.name]))
    return 0


def _described(one: PublishedTable) -> str:
    lines = [one.name, one.zh, one.en, "", f"主键 key: {', '.join(one.key)}"]
    if one.dated_by:
        lines += [f"日期 dated by: {', '.join(one.dated_by)}", f"归属 owned by: {', '.join(one.owned_by)}"]
    header = ["column", "type", "unit", "中文", "meaning", *(["origin"] if one.dated_by else [])]
    rows = [[c.name, c.sql_type, c.unit, c.zh, c.en, c.origin][: len(header)] for c in one.columns]
    return "\n".join([*lines, "", table(header, rows)])
