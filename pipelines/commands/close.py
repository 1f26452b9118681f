"""`kpi close`: what blocks the close of a period, who can mend it, and what is next."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.commands.options import as_of_option, company_option, language_option

if TYPE_CHECKING:
    from models.periods import Period
    from pipelines.closing.close import CloseStatus

_DETAILS = 12  # lines of one blocker; more would push the next one off the screen


@click.command("close")
@click.argument("period", metavar="P")
@click.option(
    "--publish", is_flag=True, help="Publish the reviewed cards: from then on their people may object."
)
@as_of_option
@company_option
@language_option
def close(*, period: str, publish: bool, as_of: datetime | None, company: Path | None, language: str) -> int:
    """Show what blocks the close of the period P, what is next.

    With who can mend it and how. Without --publish it changes nothing, and works before the period is scored: from the 20th of
    the running month it shows what will block. Exit code 0 when nothing blocks, 1 when something does or a card could not be
    published.
    """
    from pipelines.closing.close import close_status
    from pipelines.commands.run_choice import scored_period
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home

    if publish:
        return _publish(scored_period(period), company, as_of)
    status = close_status(chosen_company(company), Home.of(), scored_period(period), as_of=as_of)
    print("\n\n".join(close_told(status, language)))
    return 1 if status.blocks else 0


def _publish(period: "Period", company: Path | None, as_of: datetime | None) -> int:
    from models.closing.kinds import EntryKind
    from pipelines.closing.publication import publish_cards
    from pipelines.closing.signing import Signing
    from pipelines.commands.decided import shown_from_now_on, told
    from pipelines.company.company import chosen_company
    from pipelines.company.home import Home

    signing = Signing.open(chosen_company(company), Home.of(), as_of=as_of)
    code = told(EntryKind.PUBLISHED, publish_cards(signing, period))
    shown_from_now_on(signing, period)
    return code


def close_told(status: "CloseStatus", language: str) -> list[str]:
    """The parts of what is printed: head, table, sentences, people by state, next steps, notes."""
    parts = [_head(status, language), *_blockers(status, language), _states(status, language)]
    return [*parts, *_steps(status, language), *_notes(status, language)]


def _head(status: "CloseStatus", language: str) -> str:
    from pipelines.render.bilingual import Bilingual
    from pipelines.render.open_points import as_bilingual

    if status.is_running:
        when = Bilingual(f"{status.period.id} 将会受阻的事项", f"{status.period.id}, what will block")
    elif not status.is_scored:
        when = Bilingual(f"{status.period.id} 尚未计分", f"{status.period.id}, not scored yet")
    else:
        when = Bilingual(f"{status.period.id} 月结", f"close of {status.period.id}")
    day = Bilingual(f"（{status.on}）：", f" ({status.on}): ")
    return when.joined(day, en="").joined(as_bilingual(status.found.line), en="").in_language(language)


def _blockers(status: "CloseStatus", language: str) -> list[str]:
    from pipelines.commands.table import table
    from pipelines.render.open_points import HEADS, rows

    if not status.blocks:
        return []
    told = rows(status.points)
    # number, people, kind, who, command, file: what fits on a line; the sentences follow below
    short = (0, 1, 2, 4, 6, 7)
    header = [HEADS[column][0].in_language(language) for column in short]
    lines = [[row[column].in_language(language) for column in short] for row in told]
    sentences = []
    for row, blocker in zip(told, status.found.blockers, strict=True):
        sentences.append(f"{row[0].zh}. {row[3].in_language(language)}\n   → {row[5].in_language(language)}")
        # one part says no more than the sentence itself
        details = blocker.details if len(blocker.details) > 1 else ()
        sentences += [f"   · {d.en if language == 'en' else d.zh}" for d in details[:_DETAILS]]
        if len(details) > _DETAILS:
            sentences.append(f"   · … ({len(details)})")
    return [table(header, lines, right=(0, 1)), _inert("\n".join(sentences))]


def _states(status: "CloseStatus", language: str) -> str:
    from models.closing.next_steps import STATE_NAMES
    from pipelines.render.bilingual import Bilingual
    from pipelines.render.open_points import as_bilingual

    shown = " · ".join(
        f"{as_bilingual(name).in_language(language, ' ')} {status.states[state]}"
        for state, name in STATE_NAMES.items()
        if state in status.states
    )
    return f"{Bilingual('人员', 'people').in_language(language, ' ')}: {shown or '0'}"


def _steps(status: "CloseStatus", language: str) -> list[str]:
    from pipelines.commands.table import table
    from pipelines.render.bilingual import Bilingual
    from pipelines.render.open_points import as_bilingual, owner_told

    if not status.steps:
        return []
    heads = (
        Bilingual("下一步", "next"),
        Bilingual("人数", "people"),
        Bilingual("由谁", "who"),
        Bilingual("命令", "command"),
    )
    lines = [
        [
            as_bilingual(step.what).in_language(language),
            str(len(step.people)) if step.people else "",
            owner_told(step.owner, status.about).in_language(language),
            step.command,
        ]
        for step in status.steps
    ]
    return [table([head.in_language(language) for head in heads], lines, right=(1,))]


def _notes(status: "CloseStatus", language: str) -> list[str]:
    from pipelines.render.open_points import as_bilingual

    told = [f"* {as_bilingual(note).in_language(language)}" for note in status.notes]
    return ["\n".join(told)] if told else []


def _inert(text: str) -> str:
    """Names and causes come from files: no control character but the line break reaches the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)
