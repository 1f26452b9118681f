"""Documented request budgets of Amazon's operations, per seller and app.

Source: the usage plan of each operation in Amazon's own models. Amazon may grant more or less in a header, which the limiter
learns. Not here: counting (connectors/kit/contract/request_budget.py). Pages of the plans:
developer-docs.amazon.com/sp-api/docs/usage-plans-and-rate-limits
"""

import hashlib
from dataclasses import replace

from connectors.amazon_sp.signing import client_id
from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.request import Request
from connectors.kit.contract.request_budget import Limit, Rate

RATES = {
    "createReport": Rate(1, seconds=60, burst=15),  # 0.0167 a second in Amazon's model is one a minute
    "getReport": Rate(2, seconds=1, burst=15),
    "getReports": Rate(1, seconds=46, burst=10),  # 0.0222 a second is one in 45.05: rounded to stay below
    "getReportDocument": Rate(1, seconds=60, burst=15),
    "getInventorySummaries": Rate(2, seconds=1, burst=2),
    "listTransactions": Rate(1, seconds=2, burst=10),
    "getOrder": Rate(1, seconds=2, burst=30),
}
# since 2026-04-24, across all sellers of an app (announced at github.com/amzn/selling-partner-api-models)
SALES_AND_TRAFFIC = Rate(1, seconds=900, burst=1, per_day=96)
SLOWEST_LEARNED = 0.01  # requests a second; the header of createReport must not loosen the budget above


def budget(account: AccountSettings, operation: str) -> Limit:
    """The budget of an operation for one account."""
    return Limit(f"amazon_sp/{account.shop_id}/{operation}", RATES[operation])


def within(request: Request, account: AccountSettings, operation: str) -> Request:
    """The request with the budget of its operation."""
    return replace(request, limit=budget(account, operation))


def per_app(account: AccountSettings, report: str) -> Limit:
    """The budget that all accounts of an app share for one report type."""
    # a hash: the key is written down with the day's count, and the client id may be a secret
    app = hashlib.sha256(client_id(account).encode()).hexdigest()[:12]
    return Limit(f"amazon_sp/app-{app}/{report}", SALES_AND_TRAFFIC)
