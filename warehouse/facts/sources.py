"""Which facts a fact rests on, so that its days are proven by theirs.

Belongs here: what is derived from what. Not here: which days are whole (raw/coverage.py).
"""

from models.tables import FACTS


def sources_of(fact: str) -> tuple[str, ...]:
    """The facts that must be whole for a fact to be whole: itself, or what it is derived from.

    A company table (people.csv) is always whole: it names no source.
    """
    table = FACTS[fact]
    if not table.derived_from:
        return (fact,)
    return tuple(source for name in table.derived_from if name in FACTS for source in sources_of(name))
