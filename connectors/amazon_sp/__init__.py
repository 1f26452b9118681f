"""Amazon Selling Partner API: orders, returns, sales and traffic, stock, finances, account health.

Belongs here: which streams there are. Not here: each stream (a module of its name), how requests are made (library.py), the life
of a report (reports.py), what answers mean (errors.py). See README.md.
"""

from connectors.amazon_sp.errors import trouble
from connectors.amazon_sp.finances import FINANCES
from connectors.amazon_sp.health import ACCOUNT_HEALTH
from connectors.amazon_sp.limits import SLOWEST_LEARNED
from connectors.amazon_sp.orders import ORDERS
from connectors.amazon_sp.returns import RETURNS
from connectors.amazon_sp.signing import LOGIN
from connectors.amazon_sp.stock import FBA_INVENTORY
from connectors.amazon_sp.traffic import SALES_TRAFFIC
from connectors.kit.contract.connector import Connector
from connectors.kit.contract.errors import KitError
from connectors.kit.contract.request import HttpAnswer
from connectors.kit.contract.request_budget import Bucket, learn_rate_header


class AmazonSp(Connector):
    """A seller's account in one marketplace, read with a private app's refresh token."""

    name = "amazon_sp"
    platform = "amazon"
    auth = LOGIN
    settings = ("client_id",)
    streams = (ORDERS, RETURNS, FINANCES, SALES_TRAFFIC, FBA_INVENTORY, ACCOUNT_HEALTH)
    sandbox_token_path = "/auth/o2/token"  # noqa: S105 - a path

    def classify(self, answer: HttpAnswer) -> KitError | None:
        """Amazon names its troubles in `errors`."""
        return trouble(answer)

    def learn(self, bucket: Bucket, now: float, answer: HttpAnswer) -> None:
        """Some answers name the requests per second of the operation; the budget of an app is stricter than that."""
        if bucket.per_second >= SLOWEST_LEARNED:
            learn_rate_header(bucket, now, answer.headers)
