"""KPIs of published cases, declared in short: the value stands in the example, no source measures it.

Belongs here: `measure: given` and the defaults of the short form. Not here: KPIs that a company measures (kpis).
"""

from dataclasses import replace

from models.definitions.kpis import Kpi, Sum, read_kpi
from models.definitions.reading import as_mapping, as_text, refuse
from models.definitions.strict_yaml import Mapping, Node, Scalar, YamlPlace, parse

KEY, GIVEN = "measure", "given"
# What a short declaration may leave out. The aggregate only fills the place of a measure and is taken out again.
# No direction stands here: without it nobody could say which side of a target is the good one, so each case states it.
_DEFAULTS = """
effective_from: 2000-01-01
kind: result
unit: ratio
decimals: 4
numerator: [{fact: order_line, count: rows, date: business_date}]
"""


def read_case_kpi(node: Node) -> Kpi:
    """One KPI of a case: `measure: given` makes it a sum of nothing, any other measure is read as usual."""
    given = as_mapping(node, "a KPI")
    if KEY not in given.entries:
        return read_kpi(node)
    place = given.key_places[KEY]
    if as_text(given.entries[KEY], KEY) != GIVEN:
        raise refuse("D114", "measure has an unknown value", place, remedy="write measure: given")
    # it would be taken out with the numerator that only fills the place
    if "numerator" in given.entries:
        raise refuse("D206", "a given KPI has no numerator", place, remedy="remove one of them")
    return replace(read_kpi(_completed(given)), measure=Sum(()))


def _completed(given: Mapping) -> Mapping:
    entries = {name: value for name, value in given.entries.items() if name != KEY}
    if "label" in entries:
        entries.setdefault("formula", entries["label"])  # the text explains a measure, and here there is none
    for name, value in parse(_DEFAULTS, given.place.file).entries.items():
        entries.setdefault(name, _placed(value, given.place))  # so that a refusal names a line of the case
    return Mapping(entries, {name: given.key_places.get(name, given.place) for name in entries}, given.place)


def _placed(value: Node, place: YamlPlace) -> Node:
    return replace(value, place=place) if isinstance(value, Scalar) else value
