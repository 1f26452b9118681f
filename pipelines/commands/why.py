"""`kpi why`: the story of one figure, with the text of its definition."""

from pathlib import Path

import click

from pipelines.commands.options import company_option, language_option


@click.command("why")
@click.argument("person", metavar="PERSON")
@click.argument("kpi", metavar="KPI")
@click.argument("period", metavar="PERIOD")
@language_option
@company_option
def why(person: str, kpi: str, period: str, *, language: str, company: Path | None) -> int:
    """Tell the story of one figure, from landing file to grade.

    PERSON is an id or a name, KPI an id or a label in either language, PERIOD a month such as 2011-11, 2011-Q4, or a day such as
    2011-11-30.
    """
    from pipelines.company.company import chosen_company, shipped_definitions
    from pipelines.company.home import Home
    from pipelines.render.definition_text import definition_text
    from pipelines.render.why import explain
    from warehouse.store.connect import open_published

    lookup = definition_text({**shipped_definitions(), **chosen_company(company).own_definitions()})
    with open_published(Home.of().root) as con:
        print(explain(con, person, kpi, period, lang=language, definitions_source_lookup=lookup))
    return 0
