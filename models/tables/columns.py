"""What a canonical table and its columns are made of, and short constructors for the kinds of column that recur.

Belongs here: types and constructors. Not here: the tables themselves (one module per family).
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from models.values import Width, width_of


class ColumnType(StrEnum):
    """Types of canonical columns and of formula expressions."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    INSTANT = "instant"


class Sensitivity(StrEnum):
    """Who may see a value. A personal one is hashed before a dropped file is kept."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"


class Derivation(StrEnum):
    """How a derived column comes to be."""

    LOCAL_DAY = "local_day"  # local day, in the shop's zone, of the first instant in `of` that is known
    RATE = "rate"  # company currency per unit of `currency` on the day in `of`
    BASE = "base"  # the money in `of` x fx_rate
    SKU = "sku"  # the column of the SKU list named in `of`, found by sku_id
    COST = "cost"  # the unit cost named in `of`, on the table's cost day, x qty
    ORDER = "order"  # the column of the order line named in `of`, found by line or by order
    SESSION = "session"  # the column of the live session named in `of`, found by live_session_id
    DEPT = "dept"  # the department of the person in `of` on the day in `of`
    MINUTES = "minutes"  # whole minutes from the first instant in `of` to the second
    MODEL = "model"  # filled by the core SQL model named in `of`


@dataclass(frozen=True)
class Derived:
    """A rule and what it reads."""

    rule: Derivation
    of: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One canonical column.

    `given`: a file or feed may state it. `derived`: how it is filled where nothing is stated; with `given` false always so.
    """

    name: str
    type: ColumnType
    sql_type: str
    description: str
    unit: str = ""
    needs_history: bool = False  # right only when the shop's whole past was read
    zh: str = ""
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    given: bool = True
    derived: Derived | None = None
    required: bool = False
    allowed: tuple[str, ...] = ()
    default: str = ""  # what "not given" means, whichever way a row comes in; nothing = NULL
    untold: tuple[
        str, ...
    ] = ()  # words that tell nothing apart: compared with another word they are as good as NULL
    lost: "LostDay | None" = (
        None  # a day whose NULL means that it is not known; None: NULL means that nothing happened
    )

    @property
    def places(self) -> int:
        """Digits behind the point of a DECIMAL column; 0 for any other."""
        width = width_of(self.sql_type)
        return width.places if width else 0

    @property
    def is_id(self) -> bool:
        """Whether it names a thing that other rows name too."""
        # by the ending of its name, so that a new id needs no entry in a list
        return self.type is ColumnType.TEXT and self.name.endswith("_id")

    @property
    def is_currency(self) -> bool:
        """Whether it holds a currency code; every table with money has one such column, always of this name."""
        return self.name == "currency"


@dataclass(frozen=True, kw_only=True)
class LostDay:
    """Where an unknown day lies: between the first known of some columns and the first known of others; none known = anywhere."""

    not_before: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    """One canonical table.

    `dates` are the columns a KPI may be dated by; `scopes` maps an ownership scope type to the column that carries its id.
    `derived_from`: the facts a wholly derived table is built from; no file can be dropped for it. `row_day`: the day a dropped
    row belongs to is the first of these that is known (by default the first of `dates`).
    """

    name: str
    grain: str
    key: tuple[str, ...]
    dates: tuple[str, ...]
    scopes: dict[str, str]
    columns: tuple[Column, ...]
    zh: str = ""
    derived_from: tuple[str, ...] = ()
    row_day: tuple[str, ...] = ()

    def column(self, name: str) -> Column | None:
        """The column called `name`, or None."""
        return next((c for c in self.columns if c.name == name), None)

    @property
    def own_days(self) -> tuple[str, ...]:
        """The columns that place a dropped row on a day, the first known one counting."""
        return self.row_day or self.dates[:1]

    @property
    def given(self) -> tuple[Column, ...]:
        """The columns that stand in a file, in order."""
        return tuple(c for c in self.columns if c.given)


# 18 digits are the widest DECIMAL that DuckDB computes in 64 bits
# (https://duckdb.org/docs/stable/sql/data_types/numeric, fixed-point decimals).
MONEY = "DECIMAL(18,4)"  # own currency, as the platform states it
MONEY_WIDTH = Width(whole=14, places=4)  # the same, as whoever reads an amount needs it
MONEY_BASE = (
    "DECIMAL(26,12)"  # company currency = own money x DECIMAL(12,8) rate, exact, never rounded per row
)
# With the four places of MONEY the product has twelve, all of which MONEY_BASE holds.
RATE = "DECIMAL(12,8)"
# Six places: a percentage with four, such as Amazon's share of the Buy Box, becomes a fraction with six.
QUANTITY = "DECIMAL(18,6)"
SHARED = "DECIMAL(38,12)"  # a whole figure x a person's share of it

_OWN, _BASE = "own currency", "company currency"


def text(
    name: str,
    zh: str,
    en: str,
    *,
    required: bool = False,
    allowed: tuple[str, ...] = (),
    default: str = "",
    sensitivity: Sensitivity = Sensitivity.INTERNAL,
) -> Column:
    """A word or an id."""
    return Column(
        name=name,
        type=ColumnType.TEXT,
        sql_type="VARCHAR",
        description=en,
        zh=zh,
        required=required,
        allowed=allowed,
        default=default,
        sensitivity=sensitivity,
    )


def personal(name: str, zh: str, en: str, *, required: bool = False) -> Column:
    """An id of somebody outside the company."""
    return text(name, zh, en, required=required, sensitivity=Sensitivity.PERSONAL)


def count(name: str, zh: str, en: str, unit: str = "", *, required: bool = False) -> Column:
    """A whole number."""
    return Column(
        name=name,
        type=ColumnType.NUMBER,
        # whole in the source too: a count with a fraction is a wrong column, and must not be rounded
        sql_type="BIGINT",
        description=en,
        unit=unit,
        zh=zh,
        required=required,
    )


def number(
    name: str, zh: str, en: str, unit: str = "", *, sql_type: str = QUANTITY, required: bool = False
) -> Column:
    """A number that may have a fraction."""
    return Column(
        name=name,
        type=ColumnType.NUMBER,
        sql_type=sql_type,
        description=en,
        unit=unit,
        zh=zh,
        required=required,
    )


def flag(name: str, zh: str, en: str, *, required: bool = False, default: str = "") -> Column:
    """Yes or no."""
    return Column(
        name=name,
        type=ColumnType.BOOLEAN,
        sql_type="BOOLEAN",
        description=en,
        zh=zh,
        required=required,
        default=default,
    )


def day(name: str, zh: str, en: str, *, required: bool = False, needs_history: bool = False) -> Column:
    """A local day."""
    return Column(
        name=name,
        type=ColumnType.DATE,
        sql_type="DATE",
        description=en,
        zh=zh,
        required=required,
        needs_history=needs_history,
    )


def instant(name: str, zh: str, en: str, *, required: bool = False) -> Column:
    """A point in time, stored in UTC."""
    return Column(
        name=name, type=ColumnType.INSTANT, sql_type="TIMESTAMPTZ", description=en, zh=zh, required=required
    )


def amount(name: str, zh: str, en: str, *, required: bool = False) -> Column:
    """Money as the source states it."""
    return Column(
        name=name, type=ColumnType.NUMBER, sql_type=MONEY, description=en, unit=_OWN, zh=zh, required=required
    )


def base(name: str, zh: str, en: str, of: str, *, sql_type: str = MONEY_BASE) -> Column:
    """Money in the company's currency, through the dated rate."""
    derived = Derived(Derivation.BASE, (of,))
    return Column(
        name=name,
        type=ColumnType.NUMBER,
        sql_type=sql_type,
        description=en,
        unit=_BASE,
        zh=zh,
        # never read from a file: an amount in two currencies that disagree would have no right one
        given=False,
        derived=derived,
    )


def money(name: str, zh: str, en: str, *, required: bool = False) -> tuple[Column, Column]:
    """Money in its own currency and in the company's."""
    return (
        amount(name, zh, en, required=required),
        base(f"{name}_base", f"{zh}(本位币)", f"{name} in the company's currency; NULL = no rate", name),
    )


def currency(of: str, *on: str, stated: bool = False) -> tuple[Column, Column]:
    """The currency of a table's money and the rate that converts it, on the first day in `on` that is known."""
    days = " or else ".join(on)
    what = f"Company currency per unit of currency on {days}; NULL = no rate"
    rate = number(
        "fx_rate",
        "汇率",
        # only the first letter: `lower()` would also turn NULL into null
        f"As stated, or else {what[0].lower()}{what[1:]}" if stated else what,
        sql_type=RATE,
    )
    return (
        text("currency", "币种", f"ISO 4217 currency of {of}"),
        derive(rate, Derivation.RATE, *on, given=stated),
    )


def local_day(name: str, zh: str, *of: str) -> Column:
    """The local day of an instant, in the shop's zone."""
    what = " or else ".join(of)
    column = day(name, zh, f"Local day of {what}")
    return derive(column, Derivation.LOCAL_DAY, *of)


def moment(
    name: str, zh: str, en: str, *, required: bool = False, on: str | None = None
) -> tuple[Column, Column]:
    """An instant and its local day."""
    # `paid_at` and `paid_on`: whoever knows one of the two names knows the other
    local = on or f"{name.removesuffix('_at')}_on"
    return instant(name, zh, en, required=required), local_day(local, f"{zh}(日期)", name)


def lost_moment(
    name: str,
    zh: str,
    en: str,
    *,
    not_before: tuple[str, ...] = (),
    not_after: tuple[str, ...] = (),
) -> tuple[Column, Column]:
    """An instant and its local day, as `moment`, where NULL means that the day is not known (`lost`)."""
    known, on = moment(name, zh, en)
    return known, lost(on, not_before=not_before, not_after=not_after)


def untold(column: Column, *words: str) -> Column:
    """The column with words that tell nothing apart: a row of `all` sources is neither paid nor not paid."""
    return replace(column, untold=words)


def lost(column: Column, *, not_before: tuple[str, ...] = (), not_after: tuple[str, ...] = ()) -> Column:
    """A day that belongs to every row: where it is NULL it is not known, and a figure of days that may hold it is unknown."""
    return replace(column, lost=LostDay(not_before=not_before, not_after=not_after))


def derive(column: Column, rule: Derivation, *of: str, given: bool = False) -> Column:
    """The column filled by a rule; with `given`, only where the source does not state it."""
    return replace(column, given=given, derived=Derived(rule, of))


COMMON = (
    text("platform", "平台", "Platform the row came from"),
    text("shop_id", "店铺", "Shop or account on that platform"),
    # by it a daily run takes out the rows of a changed record, unless the feed names another column for that
    text("source_row_id", "来源行号", "Id of the row on the platform, unique per platform and shop"),
)

# Group and brand are the company's own words, from skus.csv, and so are the same on every platform.
SKU = (
    text("sku_id", "SKU编码", "Stock keeping unit"),
    derive(
        text("sku_group", "商品组", "Group of the SKU from skus.csv; NULL when unlisted"),
        Derivation.SKU,
        "sku_group",
    ),
    derive(
        text("brand", "品牌", "Brand of the SKU from skus.csv; NULL when unlisted"), Derivation.SKU, "brand"
    ),
)


def dept(person: str, on: str) -> Column:
    """The department: as stated, or else that of the person on the day."""
    column = text("dept", "部门", f"Department; where not stated, that of {person} on {on}")
    return derive(column, Derivation.DEPT, person, on, given=True)
