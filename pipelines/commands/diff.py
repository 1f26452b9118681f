"""`kpi diff A B`: what two sets of definitions say differently, and whose figures that changes."""

from pathlib import Path

import click

from pipelines.commands.options import company_option, language_option


@click.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--period", default="", metavar="P", help="Period to score (default: the last scored).")
@language_option
@company_option
def diff(before: str, after: str, *, period: str, language: str, company: Path | None) -> int:
    """Show whose figures two sets of definitions change.

    And by how much. A and B are folders with definitions that add to or replace the shipped ones, or the words `current` (the
    company's) or `shipped` (without the company's). Nothing is stored.
    """
    from pipelines.commands.definition_sets import compare_definitions
    from pipelines.company.company import chosen_company

    print(compare_definitions(chosen_company(company), (before, after), period, language))
    return 0
