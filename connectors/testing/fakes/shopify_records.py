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
class ShopRefundLine:
    """Part of a refund that returns articles of one order line."""

    id: str
    line: ShopLine
    quantity: int
    subtotal: int


@dataclass(slots=True)
class ShopRefund:
    """One refund of one order; `total` may exceed its lines (shipping, goodwill, unknown article)."""

    id: str
    created: int
    order: "ShopOrder"
    total: int = 0
    lines: list[ShopRefundLine] = field(default_factory=list)


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
