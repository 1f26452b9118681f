"""Whatever is done to a written chain is found, at the first entry that is wrong."""

import random
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.closing.entries import EMPTY, Draft, Entry, Head, canonical, first_break, sealed

_AT = datetime(2026, 2, 3, 8, 15, 30, 123456, tzinfo=UTC)


def chain(length: int) -> list[Entry]:
    entries: list[Entry] = []
    last = EMPTY
    for n in range(1, length + 1):
        draft = Draft(
            kind="reviewed", period="2026-01", person=f"P{n:03d}", body={"total": Decimal(f"{80 + n}.50")}
        )
        entries.append(sealed(draft, actor="P900", at=_AT, after=last))
        last = Head(n, entries[-1].hash)
    return entries


def test_a_chain_as_it_was_written_holds() -> None:
    entries = chain(20)

    assert first_break(entries) is None
    assert first_break(entries, [Head(20, entries[-1].hash), Head(7, entries[6].hash)]) is None


FIELDS = ["at", "actor", "period", "person", "kind", "body", "previous_hash", "hash"]


def changed_letter(entries: list[Entry], dice: random.Random) -> tuple[list[Entry], int]:
    """One character of one field of one entry."""
    place, field = dice.randrange(len(entries)), dice.choice(FIELDS)
    was = getattr(entries[place], field)
    at = dice.randrange(len(was))
    letter = dice.choice([c for c in "0123456789abcdefXYZ\u200b" if c != was[at]])
    spoiled = entries[place]._replace(**{field: was[:at] + letter + was[at + 1 :]})
    # a changed hash shows at the entry itself
    return [*entries[:place], spoiled, *entries[place + 1 :]], place + 1


def changed_digit_with_a_right_hash(entries: list[Entry], dice: random.Random) -> tuple[list[Entry], int]:
    """A figure is changed and the entry sealed anew: the next one does not stand on it any more."""
    place = dice.randrange(len(entries))
    spoiled = entries[place]._replace(body=canonical({"total": Decimal(dice.randrange(120))}))
    spoiled = spoiled._replace(hash=spoiled.computed_hash)
    return [*entries[:place], spoiled, *entries[place + 1 :]], place + 2 if place + 1 < len(
        entries
    ) else place + 1


def removed(entries: list[Entry], dice: random.Random) -> tuple[list[Entry], int]:
    place = dice.randrange(len(entries))
    return [*entries[:place], *entries[place + 1 :]], place + 1


def cut_off(entries: list[Entry], dice: random.Random) -> tuple[list[Entry], int]:
    place = dice.randrange(len(entries))
    return entries[:place], place + 1


def swapped(entries: list[Entry], dice: random.Random) -> tuple[list[Entry], int]:
    first, second = sorted(dice.sample(range(len(entries)), 2))
    there = list(entries)
    there[first], there[second] = there[second], there[first]
    return there, first + 1


def inserted(entries: list[Entry], dice: random.Random) -> tuple[list[Entry], int]:
    """One more entry, sealed as if it had been written there."""
    place = dice.randrange(1, len(entries))
    after = Head(place, entries[place - 1].hash)
    extra = sealed(Draft(kind="approved", period="2026-01", person="P999"), actor="P999", at=_AT, after=after)
    return [*entries[:place], extra, *entries[place:]], place + 1


def written_anew(entries: list[Entry], dice: random.Random) -> tuple[list[Entry], int]:
    """All from one place on, with right hashes throughout: only a mark from outside shows it."""
    place = dice.randrange(len(entries))
    there = entries[:place]
    for entry in entries[place:]:
        last = Head(there[-1].seq, there[-1].hash) if there else EMPTY
        there.append(sealed(Draft(kind="adjusted", person=entry.person), actor="P999", at=_AT, after=last))
    return there, len(entries)


@pytest.mark.parametrize(
    "spoil",
    [changed_letter, changed_digit_with_a_right_hash, removed, cut_off, swapped, inserted, written_anew],
)
def test_every_one_of_150_changes_is_found_and_named(spoil: Any) -> None:
    entries = chain(20)
    mark = Head(20, entries[-1].hash)

    for seed in range(150):
        there, wrong = spoil(entries, random.Random(seed))
        found = first_break(there, [mark])

        assert found is not None, f"seed {seed}"
        # an inserted entry has the number of the one it pushes aside: both stand under that number
        named = {wrong} if spoil is not inserted else {wrong, wrong + 1}
        assert found.seq in named, f"seed {seed}: {found}"


def test_a_binary_float_has_no_place_in_an_entry() -> None:
    with pytest.raises(TypeError, match="Decimal"):
        canonical({"total": 85.5})


_PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # nested bodies take a busy machine long to draw
@given(st.dictionaries(st.text(max_size=8), _PLAIN, max_size=5))
def test_a_body_has_one_text_whatever_the_order_of_its_keys(body: dict[str, Any]) -> None:
    assert canonical(body) == canonical(dict(reversed(body.items())))


def test_days_and_exact_numbers_are_text() -> None:
    assert (
        canonical({"day": date(2026, 1, 31), "total": Decimal("85.50")})
        == '{"day":"2026-01-31","total":"85.50"}'
    )
