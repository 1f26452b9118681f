"""What every compiled statement over a fact has in common: source, days, scopes, keys, conditions.

Belongs here: the fragments of SQL that every kind of aggregate needs. Not here: the aggregates (compile.py,
compile_distinct.py).

Absent is not 0. A row of the asked days that the person holds is, for one measure,
* out, where the condition is false;
* counted, where it is true and what the measure reads of it (`summed`, the keys) is known;
* unknown, where the condition is NULL, or is true and something that is read is NULL: it counts into `_null`, and one such row
  makes the figure missing. So a definition says itself what an empty column means: `rating is not null and rating >= 4`.
Of a key, rows of other holders matter, too, since it is credited by its first row: compile_doubts.py.
A row without the date that a measure asks for did not happen in any span, unless the registry says that the day is merely not
known (`Column.lost`): then it is unknown in every span that may hold the day, for who holds its scope in it (compile_gaps.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal as OneOf

from models.definitions.ranges import Range
from models.formulas import Expr
from models.tables import FACTS, Sensitivity, Table
from warehouse.figures.expressions import sql
from warehouse.figures.measures import Measure
from warehouse.store.sqltext import Sql, fill, identifier, joined, listed, literal

Grain = OneOf["day", "span"]  # what the spans of one computation are: single days, or ranges such as a month
Key = tuple[str, str, str]  # label, person, role
KEY = Sql("label, person_id, role_id")
# Ranges of many days, even where the span is a single one.
_LONG = frozenset({"window", "all"})
# Ids that the platform gives out per shop are counted per shop; any other column by its bare value.
# What the company numbers itself, and what means the same in each of its shops.
_SHARED_IDS = frozenset({"shop_id", "sku_id", "employee_id"})
_SHOP_IDS = frozenset(
    {key for table in FACTS.values() for key in table.key if key.endswith("_id")} - _SHARED_IDS
    | {"order_id", "refund_id", "source_row_id", "live_session_id", "po_id"}
)
_NOTHING, _ALWAYS, _NEVER = Sql(""), Sql("true"), Sql("false")


@dataclass(frozen=True, kw_only=True)
class FactScan:
    """One reading of a fact over one range of days, for the holders in some roles; the table's scopes are those that they hold.

    `by_span`: the span is joined before anything is added up, because a formula names the period. `ranked`: the rows carry their
    place in the order in which they credit a key (first_rows.py).
    """

    table: Table
    date: str
    range: Range
    grain: Grain
    by_span: bool = False
    roles: tuple[str, ...] = ()  # empty = every role
    ranked: bool = False

    @cached_property
    def day(self) -> Sql:
        """The date column."""
        return identifier(self.date)

    @cached_property
    def core(self) -> Sql:
        """The table of the fact."""
        return identifier(f"core_{self.table.name}")

    @cached_property
    def fact(self) -> Sql:
        """Where the rows are read: the table, or its rows with their ranks."""
        return identifier(f"kpi_ranked_{self.date}") if self.ranked else self.core

    @property
    def bounds(self) -> Sql:
        """Condition on the rows: some span may hold them."""
        low, high = (identifier(name) for name in bounds_of(self.range))
        # `$$` becomes the `$` of a bound parameter, `${low}` its name
        return fill(Sql("f.${day} between $$${low} and $$${high}"), day=self.day, low=low, high=high)

    @property
    def source(self) -> Sql:
        """The fact, and the span where a formula names the period."""
        day = fill(Sql("f.${day}"), day=self.day)
        span = self.span_join(day, has_owner=False) if self.by_span else _NOTHING
        return fill(Sql("${fact} as f\n${span}"), fact=self.fact, span=span)

    @property
    def label(self) -> Sql:
        """First column of a scan that already knows its span."""
        return Sql("s.label as label, ") if self.by_span else _NOTHING

    @property
    def known_label(self) -> Sql:
        """The label after the scan, once the span is joined."""
        return Sql("p.label") if self.by_span else Sql("s.label")

    @property
    def later_span(self) -> Sql:
        """The span of a row with its owner, where the scan did not join it."""
        return _NOTHING if self.by_span else self.span_join(Sql("p.day"))

    @property
    def span_of_rows(self) -> Sql:
        """The span of a row of which no owner is known yet, where the scan did not join it."""
        return _NOTHING if self.by_span else self.span_join(Sql("p.day"), has_owner=False)

    @property
    def holdings(self) -> Sql:
        """Who holds what; of an earlier period it depends on who holds it in the span itself."""
        return Sql("kpi_held_then") if self.range.is_shifted else Sql("kpi_held")

    def of_span(self, alias: str) -> Sql:
        """Condition that a holding of an earlier period belongs to the span of an alias."""
        same = fill(Sql(" and o.label = ${alias}.label"), alias=identifier(alias))
        return same if self.range.is_shifted else _NOTHING

    @property
    def held(self) -> Sql:
        """The holdings that count, as a condition on `o`: of this fact, and of roles that ask."""
        fact = fill(Sql("o.fact = ${fact}"), fact=literal(self.table.name))
        if self.range.is_shifted:
            fact = fill(Sql("${fact} and o.range_id = ${range}"), fact=fact, range=literal(self.range.id))
        if not self.roles:
            return fact
        return fill(
            Sql("${fact} and o.role_id in (${roles})"),
            fact=fact,
            roles=listed(literal(role) for role in self.roles),
        )

    @property
    def owner_join(self) -> Sql:
        """Who holds the scope of `p` on the day of `p`."""
        return fill(
            Sql(
                "inner join ${holdings} as o on ${held} and o.scope_type = p.scope_type"
                " and o.scope_id = p.scope_id and p.day between o.valid_from and o.valid_to${same}\n"
            ),
            holdings=self.holdings,
            held=self.held,
            same=self.of_span("p") if self.by_span else _NOTHING,
        )

    def span_join(self, day: Sql, *, has_owner: bool = True) -> Sql:
        """Join of the spans whose range holds a day; by equality where a range is one day, which DuckDB joins by a hash.

        `has_owner`: the holding `o` is joined already.
        """
        is_one_day = self.range.is_snapshot or (self.grain == "day" and self.range.kind not in _LONG)
        holds = Sql("s.from_on = ${day}") if is_one_day else Sql("${day} between s.from_on and s.to_on")
        return fill(
            Sql("inner join kpi_span as s on s.range_id = ${range} and ${holds}${same}\n"),
            range=literal(self.range.id),
            holds=fill(holds, day=day),
            same=self.of_span("s") if has_owner else _NOTHING,
        )

    def where(self, measure: Measure) -> Sql:
        """The condition of a measure."""
        return _ALWAYS if measure.where is None else sql(measure.where, self.table)

    def expr(self, node: Expr | None) -> Sql:
        """An expression; 0 for none."""
        return Sql("0") if node is None else sql(node, self.table)

    def may_count(self, measure: Measure) -> Sql:
        """The condition is not known to be false."""
        if measure.where is None:
            return _ALWAYS
        return fill(Sql("(${where}) is distinct from false"), where=self.where(measure))

    def counted(self, measure: Measure) -> Sql:
        """The row counts, and all that is read of it is known."""
        return joined(Sql(" and "), (self.where(measure), *(known([x]) for x in self.read(measure))))

    def unknown(self, measure: Measure) -> Sql:
        """The row may count, and either that or something that is read of it is not known."""
        lacking = [fill(Sql("${x} is null"), x=x) for x in self.read(measure)]
        if measure.where is not None:
            lacking.insert(0, fill(Sql("(${where}) is null"), where=self.where(measure)))
        if not lacking:
            return _NEVER
        return fill(
            Sql("(${may} and (${lacking}))"),
            may=self.may_count(measure),
            lacking=joined(Sql(" or "), lacking),
        )

    def read(self, measure: Measure) -> tuple[Sql, ...]:
        """What must be known of a row that counts: what is added up, the keys, and the keys of an inner count."""
        inner = measure.having.keys if measure.having is not None else ()
        columns = dict.fromkeys((*measure.keys, *inner))
        added = () if measure.summed is None else (self.expr(measure.summed),)
        return (*added, *(fill(Sql("f.${name}"), name=identifier(name)) for name in columns))

    def keys(self, names: tuple[str, ...]) -> tuple[Sql, ...]:
        """The columns that make counted keys unique: ids of a shop with the shop, buyers with their platform."""
        own = tuple(fill(Sql("f.${name}"), name=identifier(name)) for name in names)
        if _SHOP_IDS.intersection(names):
            return (*own, Sql("f.platform"), Sql("f.shop_id"))
        columns = (self.table.column(name) for name in names)
        outsiders = any(c is not None and c.sensitivity is Sensitivity.PERSONAL for c in columns)
        # a buyer's id is given out by the platform: the same text on another one is somebody else
        return (*own, Sql("f.platform")) if outsiders else own

    @cached_property
    def scope_match(self) -> Sql:
        """The holding `o` is of a scope of the row `f`."""
        scope = Sql("(o.scope_type = ${kind} and o.scope_id = f.${column})")
        scopes = self.table.scopes.items()
        return joined(Sql(" or "), (fill(scope, kind=literal(k), column=identifier(c)) for k, c in scopes))

    def per_scope(self, columns: Sql, condition: Sql = _ALWAYS) -> Sql:
        """Rows of the fact by day and held scope, one branch per kind of scope, grouped by everything else."""
        branch = Sql(
            "select ${label}f.${day} as day, ${kind} as scope_type, f.${scope} as scope_id, ${columns}\n"
            "from ${source}\nwhere ${bounds} and ${condition} and f.${scope} in"
            " (select o.scope_id from ${holdings} as o where ${held} and o.scope_type = ${kind})\ngroup by all"
        )
        return joined(
            Sql("\nunion all\n"),
            (
                fill(
                    branch,
                    label=self.label,
                    day=self.day,
                    kind=literal(kind),
                    scope=identifier(column),
                    columns=columns,
                    source=self.source,
                    bounds=self.bounds,
                    condition=condition,
                    holdings=self.holdings,
                    held=self.held,
                )
                for kind, column in self.table.scopes.items()
            ),
        )


def bounds_of(days: Range) -> tuple[str, str]:
    """Names of the parameters that carry the first and last day of a range over all spans."""
    return f"lo_{days.id}", f"hi_{days.id}"


def figure_column(number: int, suffix: str = "") -> Sql:
    """Name of a column that carries the figure of a family's measure, or with `_n`, `_null`, `_seen` what stands behind it."""
    return identifier(f"a{number}{suffix}")


def known(keys: Iterable[Sql]) -> Sql:
    """Condition that columns hold a value."""
    return joined(Sql(" and "), (fill(Sql("${key} is not null"), key=key) for key in keys))


def numbered(prefix: str, keys: Sequence[str]) -> list[Sql]:
    """Short names of keys in a scan."""
    return [identifier(f"{prefix}{i}") for i in range(len(keys))]


def named(columns: Iterable[Sql], names: Iterable[Sql]) -> Sql:
    """`column as name` for all."""
    pairs = zip(columns, names, strict=True)
    return listed(fill(Sql("${column} as ${name}"), column=column, name=name) for column, name in pairs)


def of(alias: Sql, names: Iterable[Sql]) -> Sql:
    """The names read from an alias."""
    return listed(fill(Sql("${alias}.${name}"), alias=alias, name=name) for name in names)
