"""Points 19-22, 30: keys that are null, types that changed, new fields, numbers that are none, personal data.

Not here: the envelope (points_faults.py).
"""

import contextlib
import gzip
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

from connectors.kit.contract.redact import Tree, hits, model_tree
from connectors.testing.conformance.bench import Bench, Lab
from connectors.testing.conformance.register import point
from connectors.testing.conformance.traps import OnPage, always, at
from connectors.testing.conformance.verdicts import NotApplicable, Shown, Unproven, expect
from connectors.testing.document import ServedFile
from connectors.testing.reply import Reply
from connectors.testing.spoil import (
    HUGE,
    MARK,
    NAN,
    Change,
    drop_leaf,
    first_rows,
    leaves,
    put,
    raw_tokens,
    set_leaf,
)
from connectors.testing.spoil import Path as Leaf

DRIFT = ("P107", "P108")  # another schema, or a window that is not whole
NEW = "brand_new_field"
DEEP = 3  # steps into a record from which one wrong type of a field is enough
EMPTY = {"null": None, "empty": ""}
PLANTED = "planted-personal-7391"


def _sample(bench: Bench) -> dict[str, Any]:
    """One record on the wire, the fullest one."""
    lab = bench.lab()
    seen: list[dict[str, Any]] = []

    def look(reply: Reply) -> Reply:
        seen.extend(row for row in lab.shape.rows(reply) or [] if isinstance(row, dict))
        return reply

    lab.pull(fault=OnPage(shape=lab.shape, when=always, change=look))
    expect(seen, "no record is seen on the wire")
    return max(seen, key=lambda row: len(repr(row)))


def _spoilt(bench: Bench, change: Change, *, when: Any = always) -> tuple[Lab, Any]:
    lab = bench.lab()
    trap = OnPage(shape=lab.shape, when=when, change=change, only_filled=True)
    run = lab.pull(fault=trap, **bench.narrow)
    expect(trap.hits, "no page with records came")
    return lab, run


@point(19, "key NULL")
def key_null(bench: Bench) -> Shown | None:
    """A record without its key is loud, and nothing of its window lands."""
    fields = bench.case.key_fields or _key_fields(bench)
    # on every page and on one: a check that counts records would only notice the first
    for field, (what, value), when in product(fields, EMPTY.items(), (always, at(1))):
        lab, run = _spoilt(bench, first_rows(bench.lab().shape, _first(field, value)), when=when)
        bench.must_fail(run, f"{field} {what}", DRIFT)
        expect(len(lab.landed()) == len(run.taken), "a failed window left a landing file")
    return Shown(f"fields: {', '.join(fields)}")


def _first(field: str, value: Any) -> Callable[[list[Any]], None]:
    """One record of a page: several without a key would already fail the count."""

    def change(rows: list[Any]) -> None:
        put(rows[0], field, value)

    return change


def _key_fields(bench: Bench) -> tuple[str, ...]:
    """Fields of a record whose text is in its key."""
    keys = {record.key for taken in bench.clean.taken for record in taken.records}
    found = [
        ".".join(map(str, path))
        for path, _, value in leaves(_sample(bench), bench.lab().shape.model)
        if len(path) == 1
        and isinstance(value, str | int)
        and any(str(value) == k or _is_part(str(value), k) for k in keys)
    ]
    if not found:
        raise Unproven("which field is the key cannot be guessed: name it in key_fields")
    return tuple(found)


def _is_part(value: str, key: str) -> bool:
    # parts of a key are joined by these three; texts of one or two signs turn up by chance
    return len(value) > 2 and value in key.replace("|", "/").replace(":", "/").split("/")


@point(20, "type change")
def type_change(bench: Bench) -> Shown | None:
    """Every declared field in another type is loud, or read without loss; a required one that is gone is loud."""
    model = bench.lab().shape.model
    sample = _sample(bench)
    is_text = _is_text_file(bench)
    tried = 0
    for path, field, value in leaves(sample, model):
        others = list(_other_types(value, field.annotation, is_text=is_text))
        for other in others if len(path) < DEEP else others[:1]:
            _, run = _spoilt(bench, first_rows(bench.lab().shape, _everywhere(path, other)))
            bench.must_be_right(
                run,
                f"{'.'.join(map(str, path))} = {other!r:.30} instead of {value!r:.30}",
                part=bool(bench.narrow),
            )
            tried += 1
        if field.is_required() and not is_text:
            _, run = _spoilt(bench, first_rows(bench.lab().shape, _gone(path)))
            bench.must_fail(run, f"without {'.'.join(map(str, path))}", DRIFT)
    return Shown(f"{tried} changes")


def _is_text_file(bench: Bench) -> bool:
    lab = bench.lab()
    found = []

    def look(reply: Reply) -> Reply:
        found.append(isinstance(reply.document, ServedFile) and reply.document.format in ("tsv", "csv"))
        return reply

    lab.pull(fault=OnPage(shape=lab.shape, when=always, change=look))
    return any(found)


def _other_types(value: Any, annotation: Any, *, is_text: bool) -> Iterator[Any]:
    # all values of a text file are texts: only those that are read as something else can be wrong
    if is_text:
        if _is_typed(annotation):
            yield "abc"
        return
    yield from ([], {}) if not isinstance(value, list | dict) else ("text",)
    if _is_typed(annotation) and not isinstance(value, bool | list | dict):
        yield "x1"  # an id may be any text
    if isinstance(value, bool):
        yield "yes"
    if isinstance(value, dict):
        yield [1]
    if isinstance(value, list):
        yield {"a": 1}


def _is_typed(annotation: Any) -> bool:
    """Whether a text field is read as a number or a time."""
    if annotation in (int, Decimal, datetime, date, bool):
        return True
    return any(_is_typed(part) for part in getattr(annotation, "__args__", ()))


RowsChange = Callable[[list[Any]], None]


def _everywhere(path: Leaf, value: Any) -> RowsChange:
    def change(rows: list[Any]) -> None:
        for row in rows:
            # a record may lack the field, or what it stands in
            with contextlib.suppress(KeyError, TypeError, IndexError):
                set_leaf(row, path, value)

    return change


def _gone(path: Leaf) -> RowsChange:
    def change(rows: list[Any]) -> None:
        for row in rows:
            with contextlib.suppress(KeyError, TypeError, IndexError, AttributeError):
                drop_leaf(row, path)

    return change


@point(21, "new field")
def new_field(bench: Bench) -> Shown | None:
    """A field nobody knows changes no row, is counted, and is not stored."""
    lab, run = _spoilt(bench, first_rows(bench.lab().shape, _everywhere((NEW,), "x")))
    bench.must_equal(run, "a new field", part=bool(bench.narrow))
    counted = sum(times for taken in run.taken for name, times in taken.window.drift.items() if name == NEW)
    expect(counted, "a new field is not counted as drift")
    expect(not _found(lab, NEW), f"a new field is stored in {_found(lab, NEW)}")
    return None


@point(22, "NaN, 1e400, duplicate key")
def no_numbers(bench: Bench) -> Shown | None:
    """What no honest JSON holds is refused: in text files a number field must refuse the same words."""
    if _is_text_file(bench):
        return _no_numbers_in_text(bench)
    lab = bench.lab()
    for name, row_change in {
        # without their quotes: the encoder puts these on, and raw_tokens takes them away with the mark
        "NaN": lambda rows: rows[0].update({NEW: NAN.strip('"')}),
        "1e400": lambda rows: rows[0].update({NEW: HUGE.strip('"')}),
        "a field named twice": lambda rows: rows[0].update({MARK + next(iter(rows[0])): "twice"}),
    }.items():
        # bound as defaults: a closure would see the last turn of the loop (Python FAQ, Programming)
        def change(reply: Reply, row_change: Any = row_change, lab: Lab = lab) -> Reply:
            return raw_tokens(first_rows(lab.shape, row_change)(reply))

        _, run = _spoilt(bench, change)
        bench.must_fail(run, name)
    return None


def _no_numbers_in_text(bench: Bench) -> Shown:
    numbers = [
        p for p, field, _ in leaves(_sample(bench), bench.lab().shape.model) if _is_typed(field.annotation)
    ]
    if not numbers:
        raise NotApplicable("the file holds no number that is read as one")
    for path in numbers:
        for word in ("NaN", "1e400", "Infinity"):
            _, run = _spoilt(bench, first_rows(bench.lab().shape, _everywhere(path, word)))
            bench.must_fail(run, f"{word} in {path[-1]}", DRIFT)
    return Shown(limits=("in the number columns of the file",))


@point(30, "personal fields in no landed byte")
def personal(bench: Bench) -> Shown | None:
    """Every declared personal field and a new one are planted in every record; not a byte of them is left anywhere."""
    stream = bench.case.declared
    # buyer_full_name: no stream declares it, so that only leaving out what is unknown protects it
    paths, declared = [*stream.record.pii, "buyer_full_name"], model_tree(bench.lab().shape.model)

    def plant(rows: list[Any]) -> None:
        for row in rows:
            for path in paths:
                _plant(row, path.split("."), declared)

    lab, run = _spoilt(bench, first_rows(bench.lab().shape, plant))
    bench.must_equal(run, "personal fields in every record", part=bool(bench.narrow))
    for text in (PLANTED, *lab.platform.planted):
        expect(not _found(lab, text), f"a personal text ({text}) is in {_found(lab, text)}")
    if not stream.record.pii:
        return Shown(limits=("the stream has no personal field; an unknown one was planted",))
    return Shown(f"{len(stream.record.pii)} declared fields and an unknown one")


def _plant(row: Any, steps: list[str], declared: Tree) -> None:
    *parents, last = steps
    for depth, step in enumerate(parents):
        if (
            isinstance(row, dict)
            and row.get(step) is None
            and not hits(declared, ".".join(steps[: depth + 1]))
        ):
            row[step] = {}  # nobody reads this parent: it may be made up
        row = row.get(step) if isinstance(row, dict) else None
        row = row[0] if isinstance(row, list) and row else row  # of a list one record will do
    if isinstance(row, dict):
        row[last] = PLANTED


def _found(lab: Lab, text: str) -> str:
    """The first file that holds `text`, unpacked or not."""
    for path in sorted(p for p in lab.folder.rglob("*") if p.is_file()):
        if text.encode() in _bytes(path):
            return path.name
    return ""


def _bytes(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data
