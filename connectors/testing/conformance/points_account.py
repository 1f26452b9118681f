"""Points 1-3, 23, 24, 32: settings, secrets, permissions, tokens, one bad account among many.

Not here: faults of the network and of answers (points_faults.py).
"""

import base64
import gzip
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from connectors.testing.conformance.bench import Bench, Lab
from connectors.testing.conformance.forks import in_children, killed
from connectors.testing.conformance.register import point
from connectors.testing.conformance.traps import KillAt, OnRequest, always, at
from connectors.testing.conformance.verdicts import NotApplicable, Shown, Unproven, expect
from connectors.testing.spoil import html, on_wire
from connectors.testing.tokens import Tokens

LONG = 2 * 86_400.0  # seconds a token lives where its end is not what is tried
REFUSED = ("P103", "P104")  # an ended token, or a credential that is wrong


@point(1, "config errors name the field")
def config_errors(bench: Bench) -> Shown | None:
    """A missing secret or setting is named before anything is sent; a wrong zone or address is refused at once."""
    lab = bench.lab()
    secrets, settings = bench.case.account.get("secrets", {}), bench.case.account.get("settings", {})
    for name in secrets:
        run = lab.pull(account=lab.account(secrets={n: v for n, v in secrets.items() if n != name}))
        _names_it(run.codes, run.told(), name, f"without the secret {name}")
        asked = [c for c in run.calls if not lab.platform.exchanges(c.request)]
        expect(not asked, f"without the secret {name} {len(asked)} requests are sent all the same")
    for name in settings:
        run = bench.lab().pull(account=lab.account(settings={n: v for n, v in settings.items() if n != name}))
        if run.failures:
            _names_it(run.codes, run.told(), name, f"without the setting {name}")
    for field, value in (
        ("zone", "Nowhere/At_All"),
        # no https: only this machine itself may do without
        ("base_url", "http://api.example.com"),
        # a shop_id names a folder of the landing files
        ("shop_id", "../up"),
    ):
        _refused_field(lab, field, value)
    return None


def _names_it(codes: set[str], told: str, name: str, what: str) -> None:
    expect(codes == {"P120"} and name in told, f"{what} the message is: {told}")


def _refused_field(lab: Lab, field: str, value: str) -> None:
    try:
        lab.account(**{field: value})
    except ValidationError as error:
        expect(field in str(error) and value not in str(error), f"a wrong {field} is refused as: {error}")
        return
    raise Unproven(f"{field}: {value} is taken")


@point(2, "secrets never in repr, log, exception, file")
def secrets_hidden(bench: Bench) -> Shown | None:
    """Scan everything a good and several bad runs say or leave behind for every secret, plain and in base64."""
    heard = _Ear()
    root = logging.getLogger()
    level = root.level
    root.addHandler(heard)
    # the level at which HTTP libraries tell addresses
    root.setLevel(logging.DEBUG)
    try:
        labs = [bench.lab() for _ in range(5)]
        told = [_all_told(lab, fault) for lab, fault in zip(labs, _bad_days(labs), strict=True)]
    finally:
        root.removeHandler(heard)
        root.setLevel(level)
    texts = {"a log line": heard.text(), "a message": "\n".join(told)}
    for lab in labs:
        texts |= {f"the file {path.name}": data for path, data in _files(lab.folder)}
        for secret in _spellings(_secrets(lab)):
            place = next((where for where, text in texts.items() if secret in text), None)
            expect(place is None, f"a secret is in {place}")
    return None


def _bad_days(labs: list[Lab]) -> Iterator[OnRequest | None]:
    yield None
    yield OnRequest(when=at(2), instead=labs[1].platform.unauthorised)
    yield OnRequest(when=always, change=html(500))
    yield OnRequest(when=always, change=on_wire("reset"))
    yield OnRequest(when=at(1, 2, 3), instead=lambda: labs[4].platform.throttled("1"))


def _all_told(lab: Lab, fault: OnRequest | None) -> str:
    run = lab.pull(fault=fault)
    account = lab.account()
    return f"{run.failures!r} {[t.window for t in run.taken]!r} {account!r} {account} {lab.case.connector.auth!r} {lab.runtime!r}"


def _secrets(lab: Lab) -> set[str]:
    return {*lab.case.account.get("secrets", {}).values(), *lab.platform.secrets()}


def _spellings(secrets: set[str]) -> set[str]:
    # a Basic header is base64 (RFC 7617): a log of headers would hold a secret in that form
    coded = {base64.b64encode(s.encode()).decode().rstrip("=") for s in secrets}
    # shorter texts turn up by chance
    return {text for text in secrets | coded if len(text) >= 6}


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        data = path.read_bytes()
        yield path, (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8", "replace")


class _Ear(logging.Handler):
    """Hears every log record with its exception."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._heard: list[str] = []
        self._format = logging.Formatter("%(name)s %(message)s")

    def emit(self, record: logging.LogRecord) -> None:
        self._heard.append(self._format.format(record))

    def text(self) -> str:
        return "\n".join(self._heard)


@point(3, "check: good, wrong secret, missing scope")
def check_account(bench: Bench) -> Shown | None:
    """A good account loads; a wrong secret and a missing permission each stop with their own code and few requests."""
    bench.must_equal(bench.lab().pull(), "a good account")
    for name, value in bench.case.account.get("secrets", {}).items():
        lab = bench.lab()
        # of the same length and beginning: nothing but the check of the secret itself can refuse it
        wrong = {**bench.case.account["secrets"], name: f"{value[:-3]}xyz"}
        run = lab.pull(account=lab.account(secrets=wrong))
        bench.must_fail(run, f"a wrong {name}", REFUSED)
        expect(len(run.calls) <= 3, f"a wrong {name} is tried {len(run.calls)} times")
    lab = bench.lab()
    run = lab.pull(fault=OnRequest(when=always, instead=lab.platform.forbidden, counts=_is_data(lab)))
    bench.must_fail(run, "a missing permission", ("P105",))
    expect(len(run.calls) <= 3, f"a missing permission is asked for {len(run.calls)} times")
    return None


def _is_data(lab: Lab) -> Any:
    return lambda call: not lab.platform.exchanges(call.request)


@point(23, "401 once, twice; refresh token survives a crash")
def expired_tokens(bench: Bench) -> Shown | None:
    """An expired token is renewed once; a second refusal is loud; a rotated refresh token is stored before use."""
    lab = _patient(bench)
    run = lab.pull(fault=OnRequest(when=at(2), instead=lab.platform.unauthorised, counts=_is_data(lab)))
    tokens = lab.platform.tokens
    if tokens is None:
        bench.must_fail(run, "401 with a token that cannot be renewed", REFUSED)
        expect(len(run.calls) <= 3, f"a refused token is tried {len(run.calls)} times")
    else:
        bench.must_equal(run, "one 401")
        expect(tokens.calls == 2, f"one 401 costs {tokens.calls} token calls; 2 with the first one")
    lab = bench.lab()
    run = lab.pull(fault=OnRequest(when=always, instead=lab.platform.unauthorised, counts=_is_data(lab)))
    bench.must_fail(run, "401 for ever", REFUSED)
    expect(len(run.calls) <= 6, f"401 for ever is asked {len(run.calls)} times")
    if tokens is None:
        return Shown(limits=("the token does not expire: a 401 is loud at once",))
    _expiry(bench)
    for number in (1, 2):
        _crash(bench, number)
    return None


def _patient(bench: Bench) -> Lab:
    """An experiment in which no token ends by itself, however long the pull must wait for its limits."""
    lab = bench.lab()
    if lab.platform.tokens is not None:
        lab.platform.tokens.lifetime = LONG
    return lab


def _tokens(lab: Lab) -> Tokens:
    """The tokens of a platform that was asked before whether it has any."""
    if lab.platform.tokens is None:
        raise Unproven("the fake of one experiment issues tokens, that of another does not")
    return lab.platform.tokens


def _expiry(bench: Bench) -> None:
    lab = _patient(bench)
    tokens = _tokens(lab)
    first = lab.pull()
    expect(tokens.calls == 1, f"a clean run makes {tokens.calls} token calls")
    lab.clock.sleep(tokens.lifetime + 1)
    second = lab.pull()
    bench.must_equal(second, "a run after the token's end")
    expect(tokens.calls == 2, f"{tokens.calls} token calls in two runs, the token ended once")
    refused = [c for c in second.calls if not lab.platform.exchanges(c.request)]
    expect(len(refused) <= len(first.calls), "an ended token is tried before it is renewed")


def _crash(bench: Bench, number: int) -> None:
    """Kill when the first data request (1) or the next token request (2) after a fresh token arrives."""
    lab = _patient(bench)
    tokens = _tokens(lab)
    exchanges = lab.platform.exchanges
    counts = (lambda c: not exchanges(c.request)) if number == 1 else (lambda c: exchanges(c.request))
    killed(lab, KillAt(1, counts=counts))
    lab.runtime = lab.new_runtime()
    run = lab.pull()
    bench.must_equal(run, f"a run after a kill at the {'data' if number == 1 else 'token'} request")
    expect(not tokens.refused, "an old refresh token is used after a kill: the account would be locked out")


@point(24, "two refreshers, one call")
def single_flight(bench: Bench) -> Shown | None:
    """Two threads share one token; two processes do too where a second refresh would kill the first one's token."""
    lab = _patient(bench)
    tokens = lab.platform.tokens
    if tokens is None:
        raise NotApplicable("the token does not expire")
    threads = [threading.Thread(target=_quiet_pull, args=(lab, n)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)  # seconds: as long as a child process may take
    expect(tokens.calls == 1, f"two threads make {tokens.calls} token calls")
    if not tokens.rotates:
        return Shown(limits=("threads; processes may each refresh: refresh tokens do not rotate",))
    lab = _patient(bench)
    tokens = lab.platform.tokens
    in_children(lab, 2)
    expect(
        tokens is not None and (tokens.calls, tokens.refused) == (1, 0),
        f"two processes: {tokens and tokens.calls} token calls",
    )
    return None


def _quiet_pull(lab: Lab, number: int) -> None:
    side = Lab.beside(lab, number)
    side.pull()


@point(32, "one bad account, others load")
def bad_neighbour(bench: Bench) -> Shown | None:
    """An account that is refused does not touch the next one in the same process."""
    lab, other = bench.lab(), bench.lab("other")
    wrong = {name: f"{value[:-3]}xyz" for name, value in bench.case.account.get("secrets", {}).items()}
    if not wrong:
        raise NotApplicable("the account has no secret")
    account = other.account(secrets=wrong, shop_id="bad-neighbour")
    run = other.pull(account=account, runtime=lab.runtime)
    expect(run.failures and not run.taken, "a refused account hands windows over")
    bench.must_equal(lab.pull(), "a good account after a refused one")
    return None
