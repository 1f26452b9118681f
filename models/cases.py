"""Published plans as definitions with worked examples: read one case file and run it.

Belongs here: the text of a case -> definitions, examples -> scorecard and statement -> differences from what is expected.
Not here: reading files from disk (tests, pipelines), arithmetic (scorecard, statement).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, cast

from models.appraisal.scorecard import Scorecard, score_period
from models.definitions import Definitions, load_definitions
from models.definitions.bindings import NUMBERS, SOURCES
from models.definitions.load import LISTS
from models.definitions.pay_plans import PayPlan
from models.definitions.reading import (
    Fields,
    Label,
    as_choice,
    as_id,
    as_items,
    as_label,
    as_mapping,
    as_number,
    as_text,
    refuse,
)
from models.definitions.strict_yaml import Mapping as YamlMapping
from models.definitions.strict_yaml import Node, Scalar, parse, plain
from models.errors import DefinitionError, MeritErrors
from models.inputs import RATER_TYPES, Actual, Person, Rating, Target
from models.money import plain as shown
from models.money import round_half_up
from models.periods import Period
from models.statement import PayInputs, Statement, inputs_of, pay_statement
from models.values import nearest

# an id with it stands out wherever it turns up, and no company's own id can meet it
PREFIX = "case_"
NumbersOf = Literal["published", "ours", "mixed"]
NUMBERS_OF: tuple[NumbersOf, ...] = ("published", "ours", "mixed")  # whose the example's figures are


@dataclass(frozen=True, kw_only=True)
class Example:
    """One worked example; `numbers` says whether its figures were published with the plan."""

    name: str
    numbers: NumbersOf
    role: str | None
    plan: str | None
    person: str
    period: Period
    actuals: Mapping[str, Decimal]
    targets: Mapping[str, Decimal]
    ratings: tuple[Rating, ...]
    pay_inputs: Mapping[str, object]
    expect: Mapping[str, object]
    source: str


@dataclass(frozen=True, kw_only=True)
class WorkedCase:
    """One published plan: where it stands, what could not be said, and its examples."""

    id: str
    title: Label
    origin: str
    notes: tuple[Label, ...]
    not_expressible: tuple[Label, ...]
    examples: tuple[Example, ...]
    text: str
    file: str

    def definitions(self) -> Definitions:
        """The case's own small world.

        Raises:
            MeritErrors: as any definitions; a plan that was published with a mistake is refused like any other.
        """
        return load_definitions({self.file: self.text}, is_case=True)


def read_case(text: str, file: str) -> WorkedCase:
    """One case from the text of its file.

    Raises:
        DefinitionError: D101 to D116, or D246 for what only cases may get wrong.
    """
    root = parse(text, file)
    fields = Fields(root, "a case file", required=("case", "examples"), optional=LISTS)
    head = Fields(
        fields["case"], "case", required=("id", "title", "source"), optional=("notes", "not_expressible")
    )
    _check_prefixes(root)
    examples = tuple(_example(node) for node in as_items(fields["examples"], "examples"))
    if not examples:
        raise refuse("D112", "a case without examples", root.place, remedy="add an example")
    return WorkedCase(
        id=as_id(head["id"], "id"),
        title=as_label(head["title"], "title"),
        origin=as_text(head["source"], "source"),
        notes=_labels(head, "notes"),
        not_expressible=_labels(head, "not_expressible"),
        examples=examples,
        text=text,
        file=file,
    )


def _labels(fields: Fields, name: str) -> tuple[Label, ...]:
    node = fields.get(name)
    return tuple(as_label(item, name) for item in as_items(node, name)) if node else ()


def _check_prefixes(root: YamlMapping) -> None:
    """Ids of a case never look like ids that a company may use."""
    for name in LISTS:
        for item in as_items(root.entries[name], name) if name in root.entries else ():
            found = as_mapping(item, name).entries.get("id")
            if isinstance(found, Scalar) and not found.text.startswith(PREFIX):
                remedy = f"call it {PREFIX}{found.text}"
                raise refuse(
                    "D246",
                    f"an id of a case begins with {PREFIX}",
                    found.place,
                    actual=found.text,
                    remedy=remedy,
                )


_OPTIONAL = ("role", "plan", "person", "period", "actuals", "targets", "ratings", "pay_inputs")
_EXPECTED = (
    "status",
    "scores",
    "attainments",
    "total",
    "grade",
    "coefficient",
    "pay",
    "pay_total",
    "absent",
    "error",
)


def _example(node: Node) -> Example:
    fields = Fields(node, "an example", required=("name", "numbers", "expect"), optional=_OPTIONAL)
    expect = Fields(fields["expect"], "expect", optional=_EXPECTED)
    role, plan, period = (fields.get(name) for name in ("role", "plan", "period"))
    person = fields.get("person")
    name = as_id(person, "person") if person else "somebody"
    when = Period.parse(as_text(period, "period") if period else "2026-10")
    return Example(
        name=as_text(fields["name"], "name"),
        numbers=as_choice(fields["numbers"], "numbers", NUMBERS_OF),
        role=as_id(role, "role") if role else None,
        plan=as_id(plan, "plan") if plan else None,
        person=name,
        period=when,
        actuals=_numbers(fields, "actuals"),
        targets=_numbers(fields, "targets"),
        ratings=tuple(_ratings(fields, name, when)),
        pay_inputs=_pay_inputs(fields),
        expect=cast(dict[str, object], plain(expect.mapping)),
        source=str(fields.place),
    )


def _numbers(fields: Fields, name: str) -> dict[str, Decimal]:
    node = fields.get(name)
    entries = as_mapping(node, name).entries if node else {}
    return {key: as_number(value, key) for key, value in entries.items()}


def _ratings(fields: Fields, person: str, period: Period) -> Iterator[Rating]:
    node = fields.get("ratings")
    for item, given in (as_mapping(node, "ratings").entries if node else {}).items():
        for entry in as_items(given, item):
            row = Fields(entry, "a rating", required=("type", "score", "scale_max"))
            score = as_number(row["score"], "score")
            scale = as_number(row["scale_max"], "scale_max")
            yield Rating(
                person_id=person,
                period=period.id,
                item_id=item,
                rater_type=as_choice(row["type"], "type", RATER_TYPES),
                score=score,
                scale_max=scale,
            )


def _pay_inputs(fields: Fields) -> dict[str, object]:
    node = fields.get("pay_inputs")
    found: dict[str, object] = {}
    for name, value in (as_mapping(node, "pay_inputs").entries if node else {}).items():
        if name not in SOURCES:
            what = f"{name[:60]} is no source of a pay argument"
            raise refuse("D246", what, value.place, remedy=nearest(name, SOURCES))
        found[name] = as_number(value, name) if name in NUMBERS else plain(value)
    return found


# ---- running ----


@dataclass(frozen=True)
class CaseOutcome:
    """What an example came to; `differences` is empty where everything is as expected."""

    example: Example
    card: Scorecard | None
    statement: Statement | None
    differences: tuple[str, ...]


def run_case(case: WorkedCase) -> list[CaseOutcome]:
    """Every example through definitions, scorecard and statement."""
    try:
        definitions = case.definitions()
    except MeritErrors as refused:
        codes = {error.code for error in refused.errors}
        return [CaseOutcome(e, None, None, tuple(_refused(e, codes))) for e in case.examples]
    return [_run(definitions, example) for example in case.examples]


def _refused(example: Example, codes: set[str]) -> Iterator[str]:
    expected = example.expect.get("error")
    # exactly this one: a second refusal would be a mistake in our copy of the plan
    if codes != {expected}:
        yield f"error: expected {expected}, found {', '.join(sorted(codes))}"


def _run(definitions: Definitions, example: Example) -> CaseOutcome:
    card = _scored(definitions, example) if example.role else None
    plan = _plan(definitions, example)
    if card is not None:
        held = inputs_of(card, example.period, example.pay_inputs, example.actuals, example.targets)
    else:
        held = PayInputs(
            person_id=example.person,
            period=example.period,
            sources=example.pay_inputs,
            values=example.actuals,
            targets=example.targets,
        )
    statement = pay_statement(plan, held) if plan else None
    return CaseOutcome(example, card, statement, tuple(_differences(example, card, statement)))


def _plan(definitions: Definitions, example: Example) -> PayPlan | None:
    on = example.period.end
    if example.plan:
        return definitions.pay_plan(example.plan, on)
    plans = definitions.pay_plans_of(example.role, on) if example.role else {}
    if len(plans) > 1:
        what = f"{example.role} has a plan for each of {', '.join(sorted(plans))}"
        raise DefinitionError("D246", what, where=example.source, remedy="name plan: in the example")
    return next(iter(plans.values()), None)


def _scored(definitions: Definitions, example: Example) -> Scorecard:
    """The scorecard of a person who is measured by the example's figures alone."""
    who, period, role = example.person, example.period.id, example.role or ""
    person = Person(
        person_id=who, name=who, role_id=role, dept="", manager_id=None, valid_from=example.period.start
    )
    actuals = [
        Actual(
            period=period,
            person_id=who,
            role_id=role,
            kpi_id=kpi,
            numerator=None,
            denominator=None,
            value=value,
            status="scored",
        )
        for kpi, value in example.actuals.items()
    ]
    targets = [
        Target(scope="person", scope_id=who, kpi_id=kpi, period=period, value=value)
        for kpi, value in example.targets.items()
    ]
    cards = score_period(definitions, example.period, [person], actuals, targets, ratings=example.ratings)
    return cards[0]  # one person in one role


def _differences(example: Example, card: Scorecard | None, statement: Statement | None) -> Iterator[str]:
    expect = example.expect
    if "error" in expect:
        yield f"error: expected {expect['error']}, the definitions were accepted"
    found = _found(card, statement)
    for name in ("status", "total", "grade", "coefficient", "pay_total"):
        if name in expect:
            yield from _compare(name, expect[name], found.get(name))
    for name in ("scores", "attainments", "pay", "absent"):
        wanted = cast(Mapping[str, object], expect.get(name) or {})
        have = cast(Mapping[str, object], found.get(name) or {})
        for key, value in wanted.items():
            yield from _compare(f"{name} {key}", value, have.get(key))


def _found(card: Scorecard | None, statement: Statement | None) -> dict[str, object]:
    found: dict[str, object] = {}
    if card is not None:
        found |= {n: getattr(card, n) for n in ("status", "total", "grade", "coefficient")}
        found["scores"] = {line.kpi_id: line.score for line in card.lines}
        found["attainments"] = {line.kpi_id: line.attainment for line in card.lines}
    if statement is not None:
        found["pay"] = {line.id: line.amount for line in statement.lines}
        found["absent"] = {line.id: line.cause.code for line in statement.lines if line.cause}
        found["pay_total"] = statement.total
    return found


def _compare(name: str, expected: object, found: object) -> Iterator[str]:
    """Numbers are compared with as many decimals as the expectation shows."""
    wanted = str(expected)
    have = found
    if isinstance(found, Decimal):
        # as many decimals as the page prints: 33.3 is met by 33.33…, and 33.30 is not met by 33.33
        have = f"{round_half_up(found, len(wanted.partition('.')[2])):f}"
    if expected is None and found is None:
        return
    if have != wanted:
        detail = f" (exactly {shown(found)})" if isinstance(found, Decimal) else ""
        yield f"{name}: expected {wanted}, found {have}{detail}"
