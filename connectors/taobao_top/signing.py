"""TOP's signature: the sorted form, hashed with the app's secret; the form is then sent with the result in it.

Belongs here: common parameters and signing. Not here: what is asked for (requests.py).
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl

from requests import PreparedRequest

from connectors.kit.contract.account import AccountSettings
from connectors.kit.contract.errors import SettingWrong

# TOP writes and reads GMT+8, whatever the zone of the shop: open.taobao.com/doc.htm?docId=101617&docType=1
CHINA = timezone(timedelta(hours=8))


def _hmac(name: str) -> Callable[[str, str], str]:
    return lambda text, secret: hmac.new(secret.encode(), text.encode(), name).hexdigest()


def _md5(text: str, secret: str) -> str:
    wrapped = f"{secret}{text}{secret}".encode()
    # the platform's choice, not ours: the flag says so where Python is built to refuse md5
    return hashlib.md5(wrapped, usedforsecurity=False).hexdigest()


# the three that the protocol page names; the first is used unless the account says otherwise
METHODS: dict[str, Callable[[str, str], str]] = {
    "hmac-sha256": _hmac("sha256"),
    "hmac": _hmac("md5"),
    "md5": _md5,
}


def signature(form: Mapping[str, str], secret: str, method: str) -> str:
    """The signature of a form: names and values joined in the order of the names, empty values left out.

    >>> signature({"foo": "1", "bar": "2", "foo_bar": "3", "foobar": ""}, "s", "hmac") == signature(
    ...     {"bar": "2", "foo_bar": "3", "foo": "1"}, "s", "hmac"
    ... )
    True
    """
    joined = "".join(name + form[name] for name in sorted(form) if form[name])
    return METHODS[method](joined, secret).upper()


def sign(prepared: PreparedRequest, account: AccountSettings, at: datetime) -> None:
    """Put the common parameters and the signature into the form."""
    method = account.settings.get("sign_method", "hmac-sha256")
    if method not in METHODS:
        raise SettingWrong(f"setting sign_method must be one of {', '.join(METHODS)}")
    body = prepared.body or b""
    text = body.decode() if isinstance(body, bytes) else str(body)
    # blank values are sent, only not signed: parse_qsl would drop them
    form = dict(parse_qsl(text, keep_blank_values=True))
    form |= {
        "app_key": account.setting("app_key"),
        "session": account.secret("session"),
        "timestamp": at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
        "format": "json",
        "v": "2.0",
        "sign_method": method,
    }
    form["sign"] = signature(form, account.secret("app_secret"), method)
    prepared.prepare_body(list(form.items()), None)
