"""What the compiled passes over a fact have in common: source, days, scopes, keys, conditions.

Belongs here: the fragments of SQL that every kind of aggregate needs. Not here: the aggregates (compile.py,
keyed.py).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal as OneOf

from models.definitions.ranges import Range
from models.formulas import Expr
from models.tables import FACTS, Sensitivity, Table
from warehouse.figures.expressions import sql
from warehouse.figures.measures import Measure
from warehouse.store.sqltext import fill, identifier, literal

Grain = OneOf["day", "span"]
KEY = "label, person_id, role_id"
_LONG = frozenset({"window", "all"})
# Ids that the platform gives out per shop are counted per shop; any other column by its bare value.
_SHARED_IDS = frozenset({"shop_id", "sku_id", "employee_id"})
_SHOP_IDS = frozenset(
    {key for table in FACTS.values() for key in table.key if key.endswith("_id")} - _SHARED_IDS
    | {"order_id", "refund_id", "source_row_id", "live_session_id", "po_id"}
)


@dataclass(frozen=True)
class Pass:
    """One reading of a fact over one range of days, for the holders in some roles; `scopes` are those that they hold."""

    table: Table
    date: str
    reach: Range
    grain: Grain
    by_span: bool = False
    roles: tuple[str, ...] = ()  # empty = every role

    @cached_property
    def day(self) -> str:
        """The date column."""
        return identifier(self.date)

    @property
    def bounds(self) -> str:
        """Condition on the rows: some span may hold them."""
        low, high = bounds_of(self.reach)
        return f"f.{self.day} between ${low} and ${high}"

    @property
    def source(self) -> str:
        """The fact, and the span where a formula names the period."""
        source = f"core_{identifier(self.table.name)} as f"
        return f"{source}\n{self.span_join(f'f.{self.day}')}" if self.by_span else source

    @property
    def label(self) -> str:
        """First column of a pass that already knows its span."""
        return "s.label as label, " if self.by_span else ""

    @property
    def known_label(self) -> str:
        """The label after the pass, once the span is joined."""
        return "p.label" if self.by_span else "s.label"

    @property
    def later_span(self) -> str:
        """The span, where the pass did not join it."""
        return "" if self.by_span else self.span_join("p.day")

    @property
    def held(self) -> str:
        """The holdings that count, as a condition on `o`: of this fact, and of roles that ask."""
        fact = f"o.fact = {literal(self.table.name)}"
        if not self.roles:
            return fact
        return f"{fact} and o.role_id in ({', '.join(literal(role) for role in self.roles)})"

    @property
    def owner_join(self) -> str:
        """Who holds the scope of `p` on the day of `p`."""
        return (
            f"inner join kpi_held as o on {self.held} and o.scope_type = p.scope_type"
            " and o.scope_id = p.scope_id and p.day between o.valid_from and o.valid_to\n"
        )

    def span_join(self, day: str) -> str:
        """Join of the spans whose range holds a day; by equality where a range is one day."""
        one_day = self.reach.is_snapshot or (self.grain == "day" and self.reach.kind not in _LONG)
        held = f"s.from_on = {day}" if one_day else f"{day} between s.from_on and s.to_on"
        return f"inner join kpi_span as s on s.range_id = {literal(self.reach.id)} and {held}\n"

    def where(self, measure: Measure) -> str:
        """The condition of a measure."""
        return "true" if measure.where is None else sql(measure.where, self.table)

    def expr(self, node: Expr | None) -> str:
        """An expression; 0 for none."""
        return "0" if node is None else sql(node, self.table)

    def keys(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The columns that make counted keys unique: ids of a shop with the shop, buyers with their platform."""
        own = tuple(f"f.{identifier(name)}" for name in names)
        if _SHOP_IDS.intersection(names):
            return (*own, "f.platform", "f.shop_id")
        columns = (self.table.column(name) for name in names)
        outsiders = any(c is not None and c.sensitivity is Sensitivity.PERSONAL for c in columns)
        return (*own, "f.platform") if outsiders else own

    def per_scope(self, columns: str, condition: str) -> str:
        """Rows of the fact by day and held scope, one branch per kind of scope, grouped by everything else."""
        return "\nunion all\n".join(
            fill(
                "select ${label}f.${day} as day, ${type} as scope_type, f.${scope} as scope_id, ${columns}\n"
                "from ${source}\nwhere ${bounds} and ${condition} and f.${scope} in"
                " (select o.scope_id from kpi_held as o where ${held} and o.scope_type = ${type})\ngroup by all",
                label=self.label,
                day=self.day,
                type=literal(kind),
                scope=identifier(column),
                columns=columns,
                source=self.source,
                bounds=self.bounds,
                condition=condition,
                held=self.held,
            )
            for kind, column in self.table.scopes.items()
        )


def bounds_of(reach: Range) -> tuple[str, str]:
    """Names of the parameters that carry the first and last day of a range over all spans."""
    return identifier(f"lo_{reach.id}"), identifier(f"hi_{reach.id}")


def known(keys: tuple[str, ...], count: int) -> str:
    """Condition that the counted columns themselves hold a value."""
    return " and ".join(f"{key} is not null" for key in keys[:count])


def numbered(prefix: str, keys: tuple[str, ...]) -> list[str]:
    """Short names of keys in a pass."""
    return [f"{prefix}{i}" for i in range(len(keys))]


def named(columns: tuple[str, ...], names: list[str]) -> str:
    """`column as name` for all."""
    return ", ".join(f"{column} as {name}" for column, name in zip(columns, names, strict=True))


def of(alias: str, names: list[str]) -> str:
    """The names read from an alias."""
    return ", ".join(f"{alias}.{name}" for name in names)
