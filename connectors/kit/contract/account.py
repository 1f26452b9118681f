"""One account of one platform as the kit needs it, and its span of life.

Belongs here: checking what a person wrote in `sources.yaml`. Not here: reading that file (pipelines).
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr, ValidationInfo, field_validator

from connectors.kit.contract.errors import SettingWrong
from connectors.kit.contract.hosts import Leads, leads
from models.values import ReadingError, read_currency, read_shop_id, read_whole, read_zone


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine itself."""
    return leads(host) is Leads.HERE


AUTHORISED_UNTIL = "authorised_until"  # the day on which the platform ends what was authorised
OF_EVERY_ACCOUNT = ("max_window_days", AUTHORISED_UNTIL)  # settings that no connector declares


class AccountSettings(BaseModel):
    """Where an account lives and how to enter it; secrets never show in its repr or in validation errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    shop_id: Annotated[str, AfterValidator(read_shop_id)]
    zone: str
    currency: Annotated[str, AfterValidator(read_currency)] | None = None
    allow_private: bool = (
        False  # the platform stands in the company's own network; before the URLs, which are held against it
    )
    base_url: str
    token_url: str | None = None
    secrets: Mapping[str, SecretStr] = {}
    secret_names: Mapping[str, str] = {}
    settings: Mapping[str, str] = {}
    active_from: date | None = None
    active_to: date | None = None

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        return read_zone(value).key

    @field_validator("base_url", "token_url")
    @classmethod
    def _url_is_safe(cls, value: str | None, others: ValidationInfo) -> str | None:
        if value is None:
            return None
        # before it is taken apart: `urlsplit` leaves out line ends and tabs without a word
        if not all("!" <= character <= "~" for character in value):
            raise ValueError("a URL is written in visible ASCII characters, without blanks and line ends")
        parts = urlsplit(value)
        host = parts.hostname or ""
        _ = parts.port  # a ValueError of its own unless it is a number up to 65535
        # a password in the URL would be shown wherever the URL is: secrets come from the environment
        if parts.username or parts.password or parts.query or parts.fragment or not host:
            raise ValueError("a URL here is scheme://host[:port][/path], nothing else")
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
            raise ValueError("must be https (http only on this machine itself)")
        end = leads(host)
        if end is Leads.METADATA:
            raise ValueError("leads to addresses of this link, where a cloud keeps its credentials")
        if end is Leads.INSIDE and not others.data.get("allow_private"):
            raise ValueError(
                "leads into a local network; if the platform stands there, add allow_private: true"
            )
        return value.rstrip("/")  # the path of every request begins with a slash of its own

    @property
    def tz(self) -> ZoneInfo:
        """The account's zone."""
        return ZoneInfo(self.zone)

    def secret(self, name: str) -> str:
        """The plain secret called `name`.

        Raises:
            SettingWrong: it is not set or empty.
        """
        value = self.secrets.get(name)
        if value is None or not value.get_secret_value():
            variable = self.secret_names.get(name)
            actual = f"{name}: set the variable {variable}" if variable else name
            raise SettingWrong("a secret of the source is not set", actual=actual)
        return value.get_secret_value()

    def tokens_at(self, default: str) -> str:
        """Where access tokens are issued: `token_url`, or the platform's own."""
        return self.token_url or default

    def setting(self, name: str) -> str:
        """The setting called `name`, which must be there."""
        if not self.settings.get(name):
            raise SettingWrong("a setting of the source is missing", actual=name)
        return self.settings[name]

    def whole_number(self, name: str, default: int, *, least: int = 1, most: int = 1_000_000) -> int:
        """The setting called `name` as a whole number within its bounds."""
        try:
            return read_whole(self.settings.get(name, str(default)), least, most)
        except ReadingError:
            raise SettingWrong(f"setting {name} must be a whole number from {least} to {most}") from None
