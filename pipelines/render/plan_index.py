"""The list of everybody's plan of a period as a page: how it stands, and the pages that were served.

Not here: one person's page (plan_page.py), the same list on the terminal (pipelines/commands/plan.py).
"""

from collections.abc import Sequence
from datetime import date

from models.closing.plan import PlanStanding
from models.closing.plan_record import PLAN_STATES
from models.periods import Period
from pipelines.render.board import TEMPLATES, csp_hash, environment
from pipelines.render.plan_page import PlanLetterhead


def plan_index(company: PlanLetterhead, period: Period, rows: Sequence[PlanStanding], on: date) -> bytes:
    """The page as of a day."""
    css = (TEMPLATES / "plan.css").read_text(encoding="utf-8")
    text = (
        environment()
        .get_template("plans.html.j2")
        .render(
            languages=company.languages,
            company=company,
            period=period,
            on=on,
            rows=rows,
            counts=[(label, sum(row.state == state for row in rows)) for state, label in PLAN_STATES.items()],
            STATES=PLAN_STATES,
            css=css,
            css_hash=csp_hash(css),
        )
    )
    return text.encode("utf-8")
