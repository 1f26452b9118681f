"""Orders, lines and refunds of a small Shopify shop, before the API spells them. Money is whole thousandths.

Not here: what a moment can see of them (shopify_shop.py), how Shopify spells them (shopify_schema.py), the sample company's
orders (connectors/sandbox/online_retail.py).
"""

from dataclasses import dataclass, field

ZONE = "Europe/London"


@dataclass(slots=True)
class Line:
    """One sold row: an article, or a shipping charge (whose price is quantity x unit price)."""

    order: int
    position: int
    sku: str
    title: str
    quantity: int
    unit: int
    returned: int = 0

    @property
    def id(self) -> str:
        """Digits unique among the lines of all orders."""
        return f"{self.order}{self.position:04d}"

    @property
    def total(self) -> int:
        """Quantity times unit price, in thousandths."""
        return self.quantity * self.unit


@dataclass(slots=True)
class RefundLine:
    """Part of a refund that returns articles of one order line."""

    id: str
    line: Line
    quantity: int
    subtotal: int


@dataclass(slots=True)
class Refund:
    """One refund of one order; `total` may exceed its lines (shipping, goodwill, unknown article)."""

    id: str
    created: int
    order: "Order"
    total: int = 0
    lines: list[RefundLine] = field(default_factory=list)


@dataclass(slots=True)
class Order:
    """One sale invoice, or an order without lines that only carries a refund nothing earlier explains."""

    number: int
    created: int
    customer: int | None
    country: str
    items: list[Line]
    shipping: list[Line]
    refunds: list[Refund] = field(default_factory=list)
