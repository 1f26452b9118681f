"""Arguments of methods: typed, exact, and refused by name when wrong.

Belongs here: turning inputs (decimal text, int, Decimal, lists, dicts) into typed values. Not here: what a
method does with them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal

from models.errors import DefinitionError
from models.values import dec, nearest, read_date, read_decimal


@dataclass(frozen=True)
class Scored:
    """What every scoring method yields: status is scored, missing or excluded."""

    status: str
    score: Decimal | None


def outputs(result: object) -> dict[str, object]:
    """The fields of a result under their golden names."""
    if not is_dataclass(result):
        # no DefinitionError: only a method that is written wrong comes here, and no definition can cure it
        raise TypeError("a method yields a dataclass")
    return {f.name: getattr(result, f.name) for f in fields(result)}


def invalid(method: str, name: str, what: str, actual: object = "") -> DefinitionError:
    """The refusal of one argument."""
    remedy = f"see {method} in kpi_definitions/README.md"
    # 200 characters of the value: it may be a list of thousands, and the message is one line
    return DefinitionError("D221", f"{method}: {name} {what}", actual=repr(actual)[:200], remedy=remedy)


class Arguments:
    """The inputs of one method; every read states the default, so a missing key cannot pass unnoticed."""

    def __init__(self, method: str, inputs: Mapping[str, object], known: Iterable[str]) -> None:
        self.method = method
        self.inputs = inputs
        names = sorted(known)
        for key in inputs:
            # also where its value is null: a misspelt name would leave the default in force, and nobody would see it
            if key not in names:
                what = f"{method} has no argument {str(key)[:60]!r}"
                raise DefinitionError("D220", what, remedy=nearest(str(key), names))

    def joined_by(self, **known: object) -> "Arguments":
        """The same arguments and some that somebody else states: the direction is the KPI's, full marks the line's."""
        return Arguments(self.method, {**self.inputs, **known}, {*self.inputs, *known})

    def state(self, *names: str) -> None:
        """Refuse arguments that are left out where plans differ: a default would be a guess about people's scores.

        Raises:
            DefinitionError: D221.
        """
        for name in names:
            if not self.has(name):
                raise self.invalid(name, "must be stated")

    def invalid(self, name: str, what: str) -> DefinitionError:
        """The refusal of one argument of this method."""
        return invalid(self.method, name, what, self.inputs.get(name))

    def has(self, name: str) -> bool:
        """Whether the argument is given and not null."""
        # `cap:` with nothing behind it is null in YAML, and means what leaving it out means
        return self.inputs.get(name) is not None

    def number(self, name: str, default: Decimal | int | None = None) -> Decimal:
        """A required number, or its default."""
        value = self.optional(name)
        if value is None:
            if default is None:
                raise self.invalid(name, "is required")
            return Decimal(default)
        return value

    def optional(self, name: str) -> Decimal | None:
        """A number, or None where it is absent or null."""
        return number(self.method, name, self.inputs.get(name))

    def choice(self, name: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """One of a few words."""
        value = self.inputs.get(name, default)
        if not isinstance(value, str) or value not in choices:
            raise self.invalid(name, f"must be one of {', '.join(choices)}")
        return value

    def items(self, name: str, *, required: bool = True) -> list[object]:
        """A list."""
        value = self.inputs.get(name)
        if value is None and not required:
            return []
        if not isinstance(value, list | tuple):
            raise self.invalid(name, "must be a list")
        return list(value)

    def mapping(self, name: str) -> dict[str, object] | None:
        """Keys and values, or None."""
        value = self.inputs.get(name)
        return None if value is None else mapping(self.method, name, value)

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        value = self.inputs.get(name, default)
        if not isinstance(value, bool):
            raise self.invalid(name, "must be true or false")
        return value

    def whole(self, name: str, default: int | None = None) -> int:
        """A whole number of 0 or more."""
        value = self.number(name, default)
        if value != value.to_integral_value() or value < 0:
            raise self.invalid(name, "must be a whole number of 0 or more")
        return int(value)

    def figures(self, name: str) -> dict[str, Decimal | None]:
        """A required number per id; null is nobody's 0."""
        entries = self.mapping(name)
        if entries is None:
            raise self.invalid(name, "is required")
        return {key: number(self.method, f"{name} {key}", value) for key, value in entries.items()}

    def ids(self, name: str) -> tuple[str, ...]:
        """A required list of ids, each once."""
        found = self.items(name)
        if not all(isinstance(entry, str) for entry in found) or len(set(map(str, found))) < len(found):
            raise self.invalid(name, "must be a list of ids, each once")
        return tuple(str(entry) for entry in found)

    def day(self, name: str) -> date:
        """A required calendar date."""
        return day(self.method, name, self.inputs.get(name))


def number(method: str, name: str, value: object) -> Decimal | None:
    """A decimal from text, int or Decimal; None stays None; a float is refused."""
    if value is None:
        return None
    # bool first: True is an int in Python, and `true` in a definition would be the number 1
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise invalid(method, name, f"must be an exact decimal, not {type(value).__name__}", value)
    try:
        # 38 digits here, so that outsiders may try a method with any figure; what a definition states is held to 18 before the
        # point where it is read (definitions/reading.py)
        return read_decimal(value.strip()) if isinstance(value, str) else dec(value)
    except ValueError:
        # `from None`: the cause speaks of the reader; the author of a plan needs the name of the argument
        raise invalid(method, name, "is not a plain number", value) from None


def required_number(method: str, name: str, value: object) -> Decimal:
    """A decimal that must be there."""
    found = number(method, name, value)
    if found is None:
        raise invalid(method, name, "is required")
    return found


def mapping(method: str, name: str, value: object) -> dict[str, object]:
    """A dict with text keys."""
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise invalid(method, name, "must hold keys and values", value)
    return dict(value)


def day(method: str, name: str, value: object) -> date:
    """A date from ISO text or a date."""
    if isinstance(value, date):
        return value
    try:
        # what is neither date nor text becomes an empty text, which no date is, so that one refusal serves all
        return read_date(value if isinstance(value, str) else "")
    except ValueError:
        raise invalid(method, name, "must be a date YYYY-MM-DD", value) from None
