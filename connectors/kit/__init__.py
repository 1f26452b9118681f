"""The connector kit: everything that can go wrong between a platform and a landing file, done once.

account.py   where an account lives          declare.py   what a connector must declare
request.py   what is asked for               auth.py      signing the final bytes
client.py      one safe call                   retry.py     how long to wait     limiter.py  request budgets
windows.py   half-open windows               pagers.py    chaining pages       proofs.py   completeness
redact.py    what may be stored              landing.py   raw answers on disk  spool.py    records on disk
reading.py   one window into records         pull.py      the entry            replay.py   the same from disk
"""

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.page_query import Ask
from connectors.kit.contract.stream import Connector, Stream
from connectors.kit.transport.runtime import Runtime
from connectors.kit.window.landing import Landing
from connectors.kit.window.pull import Progress, pull
from connectors.kit.window.replay import replay

__all__ = [
    "AccountSettings",
    "Ask",
    "Connector",
    "Landing",
    "Progress",
    "Runtime",
    "Stream",
    "pull",
    "replay",
]
