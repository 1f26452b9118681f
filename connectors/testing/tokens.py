"""Access tokens of a fake platform: they expire, may rotate, and every exchange is counted.

Not here: the shape of a token answer (each platform's own).
"""

from dataclasses import dataclass, field

from connectors.testing.clock import Clock


@dataclass(kw_only=True)
class Tokens:
    """Issues access tokens for refresh tokens.

    Args:
        clock: when tokens expire.
        refresh: the first refresh token, as the account holds it.
        lifetime: seconds an access token lives.
        rotates: each exchange gives a new refresh token and kills the old one.
    """

    clock: Clock
    refresh: str
    lifetime: float = 3600.0
    rotates: bool = False
    calls: int = 0
    refused: int = 0
    issued: list[str] = field(default_factory=list)
    _until: dict[str, float] = field(default_factory=dict)

    def exchange(self, refresh: str) -> tuple[str, str] | None:
        """A new access token and the refresh token to use from now on; None when `refresh` is not valid."""
        self.calls += 1
        if refresh != self.refresh:
            self.refused += 1
            return None
        access = f"planted-access-{self.calls:04d}-{refresh[-4:]}"
        if self.rotates:  # RFC 6749, 6: the old refresh token may be revoked once a new one is issued
            self.refresh = f"planted-refresh-{self.calls:04d}-next"
            self.issued.append(self.refresh)
        self.issued.append(access)
        self._until[access] = self.clock.elapsed + self.lifetime
        return access, self.refresh

    def accepts(self, access: str) -> bool:
        """Whether an access token is valid now."""
        # one never issued ended before the clock began
        return self.clock.elapsed < self._until.get(access, -1.0)

    def expire(self) -> None:
        """End every access token at once, earlier than promised."""
        self._until.clear()
