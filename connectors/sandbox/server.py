"""The sandbox of the sample company: its accounts on a loopback server.

Here: starting and stopping, tokens for the client. Not here: sockets (`loopback`), what is answered
(`accounts`).
"""

from datetime import datetime
from pathlib import Path

from connectors.sandbox.accounts import DATA, Accounts, Options
from connectors.testing.loopback import LOOPBACK, Loopback
from connectors.testing.reply import Received, Reply

__all__ = ["LOOPBACK", "Sandbox"]


class Sandbox(Loopback):
    """The whole sandbox in a thread: `with Sandbox(as_of) as sandbox: sandbox.url`.

    Args:
        as_of: the moment every account shows; must carry a zone.
        data_dir: folder of the bundled files.
        port: 0 takes a free one.
        options: tokens and limits.
    """

    def __init__(
        self, as_of: datetime, data_dir: Path = DATA, port: int = 0, *, options: Options | None = None
    ) -> None:
        if as_of.tzinfo is None:
            raise ValueError("as_of needs a zone")
        self._options = options or Options()
        super().__init__(self._answer, port)
        self._accounts = Accounts(as_of, data_dir, self._options, self.url)

    def _answer(self, request: Received) -> Reply:
        return self._accounts.answer(request)  # the accounts need the port, which the socket gives

    @property
    def shopify_token(self) -> str:
        """What `X-Shopify-Access-Token` must hold."""
        return self._options.shopify_token

    @property
    def zendesk_token(self) -> str:
        """The API token of any agent."""
        return self._options.zendesk_token

    def set_clock(self, as_of: datetime) -> None:
        """Move every account to another moment."""
        self._accounts.set_clock(as_of)
