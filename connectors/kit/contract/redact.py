"""What may be written to disk: the fields a connector declares, nothing else.

Platforms send names, addresses and mail; an allow-list derived from the declared models keeps them out of
every byte we store, also when a platform adds a field tomorrow. Not here: which fields those are (each
connector's models).
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel

from connectors.kit.contract.errors import SchemaDrift
from connectors.kit.contract.strict_json import Json

# no secret: it keeps a pseudonym from being the bare SHA-256 of an id, which others may hold as well
_PEPPER = "meritline:"
_HASH_DIGITS = 24  # 96 bits: two of a billion people share a pseudonym with a chance of one in 10^11
Tree = dict[str, Any]  # field name -> Tree, or None for "the whole value, which must be a scalar"


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    # the first model in `list[Line] | None`: what stands around it does not change the fields
    return next((m for m in map(_model_in, get_args(annotation)) if m is not None), None)


def model_tree(model: type[BaseModel]) -> Tree:
    """The wire names a model reads, nested as in the model."""
    tree: Tree = {}
    for name, field in model.model_fields.items():
        inner = _model_in(field.annotation)
        tree[field.alias or name] = None if inner is None else model_tree(inner)
    return tree


def path_tree(paths: dict[str, Tree | None]) -> Tree:
    """One tree out of dotted paths, each ending in its own subtree or in a scalar."""
    tree: Tree = {}
    for path, leaf in paths.items():
        node = tree
        *steps, last = path.split(".")
        for step in steps:
            node = node.setdefault(step, {})
        node[last] = leaf
    return tree


def project(value: Json, tree: Tree | None, dropped: Counter[str], at: str = "") -> Json:
    """`value` with only the fields of `tree`; what was left out is counted in `dropped` by path."""
    if isinstance(value, list):
        return [project(item, tree, dropped, at) for item in value]
    if not isinstance(value, dict):
        if tree and value is not None:  # a name where an object was declared must not slip through
            raise SchemaDrift("an object of the answer became something else", actual=at)
        return value
    kept = {}
    for name, inner in value.items():
        # no tree is a scalar: of an object in its place nothing is kept, and each of its fields is counted
        if tree is None or name not in tree:
            dropped[f"{at}.{name}" if at else name] += 1
        elif tree[name] is None and not isinstance(inner, dict | list):
            kept[name] = inner  # most fields are scalars: no call, no path text
        else:
            kept[name] = project(inner, tree[name], dropped, f"{at}.{name}" if at else name)
    return kept


def hits(tree: Tree | None, path: str) -> bool:
    """Whether a dotted path leads to something the tree keeps."""
    for step in path.split("."):
        if tree is None or step not in tree:
            return False
        tree = tree[step]
    return True


def pseudonym(value: str) -> str:
    """A personal id as it is kept: the same everywhere, so that tables can still be joined."""
    return hashlib.sha256(f"{_PEPPER}{value}".encode()).hexdigest()[:_HASH_DIGITS]


def veil(value: Json, steps: Sequence[str]) -> None:
    """Put pseudonyms in the place of the ids that a path leads to, through lists; what is absent, empty or no id stays."""
    if isinstance(value, list):
        for item in value:
            veil(item, steps)
        return
    if not isinstance(value, dict) or steps[0] not in value:
        return
    inner = value[steps[0]]
    if len(steps) > 1:
        veil(inner, steps[1:])
    elif isinstance(inner, str | int) and not isinstance(inner, bool) and inner != "":
        value[steps[0]] = pseudonym(str(inner))
