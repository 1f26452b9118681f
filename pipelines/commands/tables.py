"""`kpi tables`: what readers may rely on in the published file. Not here: what the words say (warehouse/published/catalogue)."""

import click


@click.command("tables")
@click.argument("name", required=False, default="", metavar="[NAME]")
def tables(name: str) -> int:
    """List the published tables, or the columns of one of them.

    NAME is a table, e.g. scorecard_line. Needs neither a company nor a publication.
    """
    from models.errors import UsageError
    from models.values import nearest
    from pipelines.commands.table import table
    from warehouse.published.catalogue import published_catalogue

    known = published_catalogue()
    if not name:
        print(table(["table", "中文", "meaning"], [[one.name, *one.in_one_line()] for one in known.values()]))
        return 0
    if name not in known:
        raise UsageError("U036", "no such published table", actual=name[:60], remedy=nearest(name, known))
    one = known[name]
    lines = [one.name, one.zh, one.en, "", f"主键 key: {', '.join(one.key)}"]
    if one.dated_by:
        lines += [f"日期 dated by: {', '.join(one.dated_by)}", f"归属 owned by: {', '.join(one.owned_by)}"]
    header = ["column", "type", "unit", "中文", "meaning", *(["origin"] if one.dated_by else [])]
    rows = [[c.name, c.sql_type, c.unit, c.zh, c.en, c.origin][: len(header)] for c in one.columns]
    print("\n".join([*lines, "", table(header, rows)]))
    return 0
