"""Parameters of the attribution models: rules that change figures are named and stated, never implicit.

Belongs here: names, defaults, bounds. Not here: the models (warehouse/sql/attribution), reading company.yaml (pipelines/company).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Attribution:
    """What company.yaml may state under `attribution:`, all whole numbers.

    Attributes:
        agent_window_days: an order belongs to the last agent who chatted with the buyer before payment, when it was paid
            on the day of the chat or at most so many local days later.
        paid_window_days: a chat led to payment when the buyer paid on its day or at most so many local days later.
        reply_minutes: a round counts as answered in time within so many minutes.
        new_sku_days: a SKU is new for so many days, its first included.
        negative_rating: a review at or below it is negative, unless the platform says which are.
    """

    agent_window_days: int = 1
    paid_window_days: int = 1
    reply_minutes: int = 3
    new_sku_days: int = 90
    negative_rating: int = 2

    def parameters(self) -> dict[str, int]:
        """The values by name, as SQL parameters."""
        return dict(vars(self))  # the field names are the parameters of warehouse/sql/attribution


LIMITS = {
    "agent_window_days": (0, 90),  # 0: only a chat of the day of payment itself
    "paid_window_days": (0, 90),
    "reply_minutes": (1, 1440),  # 1440 minutes are a day
    "new_sku_days": (1, 730),
    "negative_rating": (1, 5),  # reviews have one to five stars
}
