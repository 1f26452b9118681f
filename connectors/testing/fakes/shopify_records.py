"""Orders, lines and refunds of a small Shopify shop, before the API spells them. Money is whole thousandths.

Not here: what a moment can see of them (shopify_shop.py), how Shopify spells them (shopify_schema.py), the sample company's
orders (connectors/sandbox/online_retail.py).
"""

from dataclasses import dataclass, field

ZONE = "Europe/London"


@dataclass(slots=True, kw_only=True)
class ShopLine:
    """One sold row: an article, or a shipping charge (whose price is quantity x unit price)."""

    order: int
    position: int
    sku: str
    title: str
    quantity: int
    unit: int
    discount: int = 0
    tax: int = 0
    vendor: str | None = "Sample"
    requires_shipping: bool = True
    is_gift_card: bool = False
    returned: int = 0

    @property
    def id(self) -> str:
        """Digits unique among the lines of all orders."""
        return f"{self.order}{self.position:04d}"

    @property
    def total(self) -> int:
        """Quantity times unit price, in thousandths."""
        return self.quantity * self.unit

    @property
    def paid(self) -> int:
        """What is left of the total after discount; with the tax where prices hold it."""
        return self.total - self.discount


@dataclass(slots=True)
class ShopRefundLine:
    """Part of a refund that returns articles of one order line."""

    id: str
    line: ShopLine
    quantity: int
    subtotal: int
    tax: int = 0


@dataclass(slots=True)
class ShopCharge:
    """An amount of a refund with its tax: shipping given back, or an adjustment."""

    id: str
    amount: int
    tax: int = 0


@dataclass(slots=True, kw_only=True)
class ShopPayment:
    """A movement of money between buyer and shop."""

    at: int
    amount: int
    kind: str = "SALE"
    status: str = "SUCCESS"


@dataclass(slots=True, kw_only=True)
class ShopRefund:
    """One refund of one order; `total` may exceed its lines (shipping, goodwill, unknown article)."""

    id: str
    created: int
    order: "ShopOrder"
    total: int = 0
    lines: list[ShopRefundLine] = field(default_factory=list)
    duties: int = 0
    shipping: list[ShopCharge] = field(default_factory=list)
    adjustments: list[ShopCharge] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class ShopOrder:
    """One sale invoice, or an order without lines that only carries a refund nothing earlier explains."""

    number: int
    created: int
    customer: int | None
    country: str
    items: list[ShopLine] = field(default_factory=list)
    shipping: list[ShopLine] = field(default_factory=list)
    refunds: list[ShopRefund] = field(default_factory=list)
    status: str = ""  # as its refunds say, where it is empty
    cancelled: int | None = None
    taxes_included: bool = False
    duties_included: bool = False
    duties: int | None = None
    tip: int = 0  # stands among the items, too
    payments: list[ShopPayment] | None = None  # at once and in full, where none are given
