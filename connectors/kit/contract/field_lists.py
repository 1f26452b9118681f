"""Lists of a platform's fields as data: `fields.yaml` beside the connector, each list with the page it was taken from.

Belongs here: reading such a file. A name stands alone, in a list, or below the object that holds it:
`unused: [brand_id, {metric_set: [id, url]}]` are `brand_id`, `metric_set.id` and `metric_set.url`. Not here: what is kept of a
record (the row models of a connector).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from connectors.kit.contract.errors import DeclarationWrong
from connectors.kit.contract.strict_json import Json

FILE = "fields.yaml"
_LISTS = ("asked", "personal", "unused")


@dataclass(frozen=True)
class FieldLists:
    """Fields of one stream by their dotted wire paths, in the order of the file.

    Args:
        docs: the page that they were taken from.
        asked: what a request must name to get it.
        personal: never kept, because they are about a person.
        unused: documented, and nobody needs them.
    """

    docs: str
    asked: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


def field_lists(module_file: str) -> Mapping[str, FieldLists]:
    """The lists of `fields.yaml` beside a module, by stream; pass `__file__`.

    Raises:
        DeclarationWrong: a list has another name, a field another shape, or no page is named.
    """
    path = Path(module_file).with_name(FILE)
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {stream: _lists(f"{path.parent.name}/{FILE}, {stream}", entry) for stream, entry in found.items()}


def _lists(where: str, entry: dict[str, Json]) -> FieldLists:
    unknown = set(entry) - {"docs", *_LISTS}
    # a slip such as `persnal` would leave a personal field undeclared
    if unknown or not str(entry.get("docs", "")).startswith("https://"):
        raise DeclarationWrong(f"{where}: a list needs its page (docs) and is one of {', '.join(_LISTS)}")
    lists = {name: tuple(_paths(where, entry[name])) for name in _LISTS if name in entry}
    return FieldLists(entry["docs"], **lists)


def _paths(where: str, node: Json, above: str = "") -> Iterator[str]:
    match node:
        case str():
            yield above + node
        case list():
            for item in node:
                yield from _paths(where, item, above)
        case dict():
            for name, inner in node.items():
                yield from _paths(where, inner, f"{above}{name}.")
        case _:
            raise DeclarationWrong(f"{where}: {node!r} is no field", actual=above)
