"""A fake TOP gateway over a small made-up shop: trades, refunds, ratings, service ratings, campaign reports.

Belongs here: the protocol (form, signature, errors in HTTP 200) and the calls. Not here: the records (taobao_world.py).
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from connectors.testing.budget import Budget
from connectors.testing.clock import Clock
from connectors.testing.fakes import taobao_world as made
from connectors.testing.platform import Platform
from connectors.testing.reply import Received, RefusalError, Reply
from connectors.testing.world import FakeRecord

APP_KEY, APP_SECRET, SESSION = "12345678", "planted-app-secret-77", "planted-session-key-4711"
BIZ_CODE = "planted-biz-code"
# TOP writes GMT+8 whatever the shop's zone: open.taobao.com/doc.htm?docId=101617&docType=1
CHINA, ZONE = timezone(timedelta(hours=8)), ZoneInfo("Asia/Shanghai")
COMMON = frozenset({"method", "app_key", "session", "timestamp", "format", "v", "sign_method", "sign"})
SKEW = timedelta(minutes=10)  # TOP: a timestamp may be ten minutes off
MOST_RATINGS = 1500  # what taobao.traderates.get shows at most
_STREAM_OF = {
    "taobao.trades.sold.increment.get": "trades",
    "taobao.refunds.receive.get": "refunds",
    "taobao.traderates.get": "ratings",
    "taobao.airisland.kefueval.get": "service_ratings",
    "taobao.universalbp.report.query.campaign": "ads",
}
# required and allowed business parameters, as in TOP's own metadata
_PARAMETERS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "trades": (
        frozenset({"fields", "start_modified", "end_modified"}),
        frozenset(
            {"status", "type", "buyer_nick", "ext_type", "tag", "page_no", "page_size", "use_has_next"}
        ),
    ),
    "refunds": (
        frozenset({"fields"}),
        frozenset(
            {"status", "type", "start_modified", "end_modified", "page_no", "page_size", "use_has_next"}
        ),
    ),
    "ratings": (
        frozenset({"fields", "rate_type", "role"}),
        frozenset(
            {"result", "page_no", "page_size", "start_date", "end_date", "tid", "use_has_next", "num_iid"}
        ),
    ),
    "service_ratings": (frozenset({"query_ids", "btime", "etime"}), frozenset()),
    "ads": (frozenset({"top_service_context", "top_campaign_report_query_v_o"}), frozenset()),
}


class TaobaoFake(Platform):
    """One shop behind TOP's gateway."""

    lacks: ClassVar[Mapping[str, str]] = {
        "remove": "TOP keeps trades, refunds, service ratings and ad reports; what is closed gets a status [its API metadata]",
        "cancel": "ratings and ad reports have no such state",
        "restate": "no record of that day",
        "empty_page": "TOP serves no empty page before the last",
    }

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        # our own choice: TOP gives each app and interface a number of its own
        self.budgets = {"app": Budget(amount=300, seconds=60)}
        self.leaves_out = False  # the real TOP leaves empty lists out; the suite could not tell such pages from other answers
        for stream, entries in made.world().items():
            for entry in entries:
                self.world.put(stream, entry)

    # -- the protocol

    def answer(self, request: Received) -> Reply:
        """One call."""
        try:
            form = self._form(request)
            stream = _STREAM_OF[form["method"]]
            body = getattr(self, f"_{stream}")(form)
        except RefusalError as refusal:
            return refusal.reply
        name = form["method"].removeprefix("taobao.").replace(".", "_")
        return Reply.json(200, {f"{name}_response": {**body, "request_id": "r1"}})

    def _form(self, request: Received) -> dict[str, str]:
        if request.method != "POST" or request.path != "/router/rest":
            raise _refused(9, "Http Action Not Allowed")
        form = request.form
        if form.get("method") not in _STREAM_OF:
            raise _refused(22, "Invalid Method")
        self._check_app(form)
        required, allowed = _PARAMETERS[_STREAM_OF[form["method"]]]
        for name in sorted(required - form.keys()):
            raise _refused(40, "Missing Required Arguments", f"isv.missing-parameter:{name}")
        for name in sorted(form.keys() - required - allowed - COMMON):
            raise _refused(41, "Invalid Arguments", f"isv.invalid-parameter:{name}")
        return form

    def _check_app(self, form: Mapping[str, str]) -> None:
        if form.get("app_key") != APP_KEY:
            raise _refused(29, "Invalid App Key", "isv.appkey-not-exists")
        if form.get("format") != "json" or form.get("v") != "2.0":
            raise _refused(23, "Invalid Format")
        try:
            asked = datetime.strptime(form["timestamp"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
        except (KeyError, ValueError):
            raise _refused(31, "Invalid Timestamp") from None
        if abs(asked - self.clock.wall()) > SKEW:
            raise _refused(31, "Invalid Timestamp")
        # names in their order with their values; empty ones are not signed
        pairs = "".join(n + form[n] for n in sorted(form) if n != "sign" and form[n])
        expected = hmac.new(APP_SECRET.encode(), pairs.encode(), hashlib.sha256).hexdigest().upper()
        if form.get("sign_method") != "hmac-sha256" or form.get("sign") != expected:
            raise _refused(25, "Invalid Signature", "isv.invalid-signature")
        if form.get("session") != SESSION:
            raise _refused(27, "Invalid Session", "invalid-sessionkey")

    # -- the calls

    def _trades(self, form: dict[str, str]) -> dict[str, Any]:
        start, end = _moment(form["start_modified"]), _moment(form["end_modified"])
        # TOP refuses more than a day
        if not start < end <= start + timedelta(days=1):
            raise _refused(15, "Remote service error", "isv.invalid-parameter:modified-span")
        return self._modified("trades", form, ("trades", "trade"), (start, end))

    def _refunds(self, form: dict[str, str]) -> dict[str, Any]:
        span = _moment(form["start_modified"]), _moment(form["end_modified"])
        return self._modified("refunds", form, ("refunds", "refund"), span)

    def _modified(
        self, stream: str, form: dict[str, str], names: tuple[str, str], span: tuple[datetime, datetime]
    ) -> dict[str, Any]:
        found = self.world.between(stream, *span)[::-1]  # newest first, as TOP says
        return self._listed(found, form, names, most=100)

    def _ratings(self, form: dict[str, str]) -> dict[str, Any]:
        if (form["rate_type"], form["role"]) != ("get", "buyer"):
            raise _refused(41, "Invalid Arguments", "isv.invalid-parameter:role")
        start, end = _moment(form["start_date"]), _moment(form["end_date"])
        found = [e for e in self.world.entries("ratings") if start <= _moment(e.raw["created"]) < end]
        return self._listed(found[:MOST_RATINGS], form, ("trade_rates", "trade_rate"), most=150)

    def _service_ratings(self, form: dict[str, str]) -> dict[str, Any]:
        start, end = (
            datetime.strptime(form[n], "%Y%m%d%H%M%S").replace(tzinfo=CHINA) for n in ("btime", "etime")
        )
        nicks = form["query_ids"].split(",")
        now = self.clock.wall()
        # ten agents at most; their nicknames carry the platform's prefix
        if len(nicks) > 10 or not all(nick.startswith("cntaobao") for nick in nicks):
            raise _refused(15, "Remote service error", "isv.invalid-parameter:query_ids")
        # 90 days back and never the last day; seven days at once
        is_shown = now - timedelta(days=90) <= start < end <= now - timedelta(days=1)
        if not is_shown or end - start > timedelta(days=7):
            raise _refused(15, "Remote service error", "isv.invalid-parameter:btime")
        found = [
            e.raw for e in self.world.between("service_ratings", start, end) if e.raw["eval_sender"] in nicks
        ]
        return {"result_count": len(found), **self._wrapped(("staff_eval_details", "eval_detail"), found)}

    def _listed(
        self, found: list[FakeRecord], form: dict[str, str], names: tuple[str, str], *, most: int
    ) -> dict[str, Any]:
        page, size = int(form.get("page_no", "1")), int(form.get("page_size", "40"))
        if page < 1 or not 1 <= size <= most:
            raise _refused(41, "Invalid Arguments", "isv.invalid-parameter:page")
        fields = form["fields"].split(",")
        shown = found[(page - 1) * size : page * size]
        rows = [{n: v for n, v in e.raw.items() if n in fields} for e in shown]
        # has_next takes the place of the count
        counted = {} if form.get("use_has_next") == "true" else {"total_results": len(found)}
        return {**counted, **self._wrapped(names, rows)}

    def _wrapped(self, names: tuple[str, str], rows: list[dict[str, Any]]) -> dict[str, Any]:
        return {} if self.leaves_out and not rows else {names[0]: {names[1]: rows}}

    def _ads(self, form: dict[str, str]) -> dict[str, Any]:
        context, asked = (
            json.loads(form["top_service_context"]),
            json.loads(form["top_campaign_report_query_v_o"]),
        )
        if context != {"biz_code": BIZ_CODE}:
            raise _refused(15, "Remote service error", "isv.invalid-parameter:biz_code")
        required = {"by_page", "split_type", "unify_type", "start_time", "end_time", "effect_equal"}
        required |= {"query_domains", "query_field_in_list"}
        if required - asked.keys() or asked.keys() - required - {"offset", "page_size"}:
            raise _refused(41, "Invalid Arguments", "isv.invalid-parameter:query")
        days = asked["start_time"], asked["end_time"]
        rows = [e.raw for e in self.world.entries("ads") if days[0] <= e.raw["thedate"] <= days[1]]
        page = rows[asked["offset"] : asked["offset"] + asked["page_size"]]
        kept = {_snake(name) for name in asked["query_field_in_list"]}
        shown = [
            {**r, "report_index": {n: v for n, v in r["report_index"].items() if n in kept}} for r in page
        ]
        data = {"count": len(rows), **self._wrapped(("top_report_v_o_list", "top_report_vo"), shown)}
        return {"result": {"info": {"ok": True}, "top_report_v_o_top_bulk_data": data}}

    # -- changes of the world

    def add(self, stream: str) -> str:
        """A new record, now."""
        number = 9_000 + len(self.world.streams[stream])
        return self.world.put(stream, made.entry(stream, number, self.clock.wall()))

    def change(self, stream: str, key: str | None = None) -> str:
        """A record gets another state, now."""
        entry = self.world.streams[stream][key] if key else self.world.entries(stream)[0]
        return self.world.put(stream, made.changed(stream, entry, self.clock.wall()))

    def cancel(self, stream: str) -> str | None:
        """A trade is closed, a refund is given up."""
        closed = made.closed(stream, self.world.entries(stream)[1], self.clock.wall())
        return None if closed is None else self.world.put(stream, closed)

    def remove(self, stream: str) -> str | None:
        """A buyer takes a rating back."""
        if stream != "ratings":
            return None
        return self.world.remove(stream, self.world.entries(stream)[2].key)

    def restate(self, stream: str, day: date) -> str | None:
        """The figures of a past day change."""
        found = [e for e in self.world.entries(stream) if self.day_of(stream, e.key, ZONE) == day]
        return self.change(stream, found[0].key) if found else None

    def late(self, stream: str, at: datetime) -> str:
        """A record appears only now in the search."""
        return self.world.put(stream, made.entry(stream, 8_000, at.replace(microsecond=0)))

    # -- TOP's words

    def throttled_in_200(self) -> Reply:
        """App Call Limited, with the length of the ban."""
        ban = "This ban will last for 2 more seconds"
        return _refusal(7, "App Call Limited", "accesscontrol.limited-by-api-access-count", ban)

    def error_in_200(self) -> Reply:
        """A trouble behind the gateway."""
        return _refusal(15, "Remote service error", "isp.top-remote-connection-timeout", "timeout")

    def unauthorised(self) -> Reply:
        """The session has ended."""
        return _refusal(27, "Invalid Session", "session-expired", "sessionkey is expired")

    def forbidden(self) -> Reply:
        """The app lacks the permission package."""
        return _refusal(11, "Insufficient ISV Permissions", "isv.permission-api-package-limit", "no package")


def _refusal(code: int, msg: str, sub_code: str = "", sub_msg: str = "") -> Reply:
    """TOP's own refusal, in a success."""
    document = {"code": code, "msg": msg, "request_id": "r1"}
    document |= {"sub_code": sub_code, "sub_msg": sub_msg} if sub_code else {}
    return Reply.json(200, {"error_response": document})


def _refused(code: int, msg: str, sub_code: str = "", sub_msg: str = "") -> RefusalError:
    return RefusalError(_refusal(code, msg, sub_code, sub_msg))


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
    except ValueError:
        raise _refused(41, "Invalid Arguments", "isv.invalid-parameter:date") from None


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
