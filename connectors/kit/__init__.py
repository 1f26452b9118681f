"""The connector kit: everything that can go wrong between a platform and a landing file, done once.

This face is for those who pull and replay. A connector declares with the files of `contract/`, whose names say what they give:
connector.py, stream.py, pagers.py, proofs.py, reports.py, auth.py, oauth.py, fields.py, errors.py. The storeys stand one upon the
other: contract (what is declared), transport (one safe call), window (one window read, landed, replayed). Not here: platforms,
and the list of them (connectors/registry.py).
"""

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.connector import Connector
from connectors.kit.contract.stream import Stream
from connectors.kit.transport.runtime import Runtime
from connectors.kit.window.landing import Landing
from connectors.kit.window.pull import Progress, pull
from connectors.kit.window.replay import replay

__all__ = ["AccountSettings", "Connector", "Landing", "Progress", "Runtime", "Stream", "pull", "replay"]
