"""The attribution models on small worlds whose figures were worked out by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from models.tables import FACTS
from tests.warehouse.facts.world import FactWorld
from warehouse.facts.build import rebuild_core


def line(key: str, paid_at: str, amount: str, **more: object) -> dict[str, object]:
    return {
        "order_id": f"O{key}", "line_id": key, "sku_id": "S1", "qty": 1, "paid_amount": amount, "currency": "CNY",
        "paid_at": paid_at, **more,
    }  # fmt: skip


def refund(key: str, of: str, when: str, amount: str, **more: object) -> dict[str, object]:
    return {
        "refund_id": f"R{key}", "refund_line_id": key, "order_id": f"O{of}", "line_id": of, "qty": 0, "amount": amount,
        "currency": "CNY", "refunded_at": when, **more,
    }  # fmt: skip


def chat(key: str, agent: str, buyer: str, when: str, **more: object) -> dict[str, object]:
    return {"chat_id": key, "agent_id": agent, "buyer_id": buyer, "started_at": when, **more}


def test_an_order_belongs_to_the_last_agent_who_chatted_before_payment(world: FactWorld) -> None:
    world.drop(
        "chat",
        [
            chat("C1", "anna", "B1", "2026-10-01 09:00"),
            chat("C2", "ben", "B1", "2026-10-01 23:00"),
            chat("C3", "cora", "B1", "2026-10-02 12:00"),  # after payment
            chat("C4", "dan", "B2", "2026-10-01 09:00"),  # two days before payment
            chat("C5", "eve", "B3", "2026-10-05 09:00", replied="no"),  # nobody answered
        ],
    )
    world.drop(
        "order_line",
        [
            line("1", "2026-10-02 11:00", "100", buyer_id="B1"),
            line("2", "2026-10-03 10:00", "50", buyer_id="B2"),
            line("3", "2026-10-05 10:00", "20", buyer_id="B3"),
            line(
                "4", "2026-10-02 11:30", "7", buyer_id="B1", cs_agent_id="anna"
            ),  # the platform names the agent
            line("5", "2026-10-02 11:30", "9"),
        ],
    )
    world.build()

    assert world.rows("select line_id, chat_id, cs_agent_id from core_order_line order by line_id") == [
        ("1", "C2", "ben"), ("2", None, None), ("3", None, None), ("4", "C1", "anna"), ("5", None, None),
    ]  # fmt: skip
    assert world.rows("select chat_id, buyer_paid_within_window from core_chat order by 1") == [
        ("C1", True), ("C2", True), ("C3", False), ("C4", False), ("C5", True),
    ]  # fmt: skip

    world.attribution = "attribution: {agent_window_days: 2, paid_window_days: 0}\n"
    world.build()

    assert world.rows("select cs_agent_id from core_order_line where line_id = '2'") == [("dan",)]
    assert world.rows("select buyer_paid_within_window from core_chat where chat_id in ('C1', 'C5') order by chat_id") == [
        (False,), (True,),
    ]  # fmt: skip


def test_a_chat_is_credited_with_its_orders_and_charged_with_their_refunds(world: FactWorld) -> None:
    world.drop(
        "chat",
        [
            chat("C1", "anna", "B1", "2026-10-01 09:00"),
            chat("C2", "ben", "B2", "2026-10-01 09:00"),
            chat("C3", "ben", "", "2026-10-01 09:00"),
            chat("C4", "ben", "B4", "2026-10-01 09:00", paid_amount="80", currency="CNY"),
            chat("C5", "ben", "B5", "2026-10-01 09:00", paid_amount="80", refund_amount="5", currency="CNY"),
        ],
    )
    world.drop(
        "order_line",
        [
            line("1", "2026-10-01 10:00", "100", buyer_id="B1"),
            line("2", "2026-10-01 10:05", "50", buyer_id="B1"),
            line("3", "2026-10-01 10:05", "999", buyer_id="B1", is_excluded="yes", exclude_reason="test"),
        ],
    )
    world.drop("refund", [refund("1", "1", "2026-10-09 10:00", "30")])

    world.build()

    assert world.rows("select chat_id, credited_base, refunded_base from core_chat order by 1") == [
        ("C1", Decimal(150), Decimal(30)),
        ("C2", Decimal(0), Decimal(0)),
        ("C3", None, None),  # nobody knows the buyer
        ("C4", Decimal(80), None),  # no order says what came back
        ("C5", Decimal(80), Decimal(5)),
    ]
    assert world.rows("select chat_id, cs_agent_id, order_business_date is not null from core_refund") == [
        ("C1", "anna", True)
    ]


def test_orders_that_change_later_are_credited_anew(world: FactWorld) -> None:
    world.drop("chat", [chat("C1", "anna", "B1", "2026-10-01 09:00")])
    world.drop("order_line", [line("1", "2026-10-01 10:00", "100", buyer_id="B1")])
    world.build()
    world.drop("order_line", [line("1", "2026-10-01 10:00", "70", buyer_id="B1")])
    world.build()
    assert world.rows("select credited_base from core_chat") == [(Decimal(70),)]

    world.drop("chat", [])
    world.build()

    assert world.rows("select chat_id, cs_agent_id from core_order_line") == [(None, None)]


def said(key: str, who: str, when: str, chat_id: str = "C1") -> dict[str, object]:
    return {"message_id": key, "chat_id": chat_id, "sender": who, "sent_at": f"2026-10-01 {when}"}


def test_rounds_open_with_the_first_unanswered_message_and_bots_answer_nothing(world: FactWorld) -> None:
    world.drop(
        "chat", [chat("C1", "anna", "B1", "2026-10-01 09:00"), chat("C2", "anna", "B2", "2026-10-01 09:00")]
    )
    world.drop(
        "chat_message",
        [
            said("1", "buyer", "09:00:00"),  # round 1 opens
            said("2", "bot", "09:00:01"),
            said("3", "buyer", "09:01:00"),  # still round 1
            said("4", "agent", "09:03:00"),  # answered after 180 s: in time
            said("5", "agent", "09:04:00"),
            said("6", "buyer", "09:10:00"),  # round 2
            said("7", "agent", "09:13:01"),  # 181 s: late
            said("8", "buyer", "09:20:00"),  # round 3: never answered
            said("9", "buyer", "09:00:00", "C2"),
        ],
    )

    world.build()

    columns = "rounds, rounds_replied_3min, reply_count, reply_seconds_total, first_reply_seconds, replied"
    assert world.rows(f"select {columns} from core_chat order by chat_id") == [
        (3, 1, 2, 361, 180, True),
        (1, 0, 0, 0, None, False),
    ]

    world.attribution = "attribution: {reply_minutes: 4}\n"
    world.build()
    assert world.rows("select rounds_replied_3min from core_chat order by chat_id") == [(2,), (0,)]


def test_what_the_service_desk_counted_stands_before_what_the_messages_show(world: FactWorld) -> None:
    world.drop("chat", [chat("C1", "anna", "B1", "2026-10-01 09:00", rounds=9)])
    world.drop("chat_message", [said("1", "buyer", "09:00:00"), said("2", "agent", "09:01:00")])

    world.build()

    assert world.rows("select rounds, rounds_replied_3min from core_chat") == [(9, 1)]


def session(key: str, start: str, end: str, **more: object) -> dict[str, object]:
    return {
        "session_id": key,
        "room_id": "R1",
        "started_at": start,
        "ended_at": end,
        "currency": "CNY",
        **more,
    }


def shift(
    key: str, of: str, who: str, start: str, end: str, role: str = "anchor", **more: object
) -> dict[str, object]:
    return {
        "shift_id": key, "session_id": of, "employee_id": who, "role": role, "started_at": start, "ended_at": end, **more,
    }  # fmt: skip


def shares(world: FactWorld) -> dict[tuple[Any, Any], tuple[Any, ...]]:
    rows = world.rows(
        "select employee_id, role, live_share, viewers, gmv_base, refunded_base from core_live_share"
    )
    return {(who, role): tuple(rest) for who, role, *rest in rows}


def test_a_livestream_that_millions_watched_is_shared_too(world: FactWorld) -> None:
    watched = session(
        "L1", "2026-10-01 20:00", "2026-10-01 23:00", viewers=3_000_000, watch_seconds=900_000_000_000
    )
    world.drop("live_session", [watched])
    world.drop(
        "live_shift",
        [
            shift("1", "L1", "anna", "2026-10-01 20:00", "2026-10-01 22:00"),
            shift("2", "L1", "ben", "2026-10-01 22:00", "2026-10-01 23:00"),
        ],
    )

    world.build()

    seconds = dict(world.rows("select employee_id, watch_seconds from core_live_share"))
    assert abs(seconds["anna"] - 600_000_000_000) < 1  # a share has twelve places
    assert abs(seconds["ben"] - 300_000_000_000) < 1


def test_a_livestream_is_shared_by_minutes_on_air(world: FactWorld) -> None:
    world.drop(
        "live_session",
        [
            session(
                "L1", "2026-10-01 22:00", "2026-10-02 02:00", viewers=1000, gmv="8000", refund_amount="400"
            )
        ],
    )
    world.drop(
        "live_shift",
        [
            shift(
                "1", "L1", "anna", "2026-10-01 21:30", "2026-10-01 23:00"
            ),  # one of four hours is within the session
            shift("2", "L1", "ben", "2026-10-01 23:00", "2026-10-02 01:00"),
            shift("3", "L1", "ben", "2026-10-02 01:00", "2026-10-02 02:30"),
            shift("4", "L1", "cora", "2026-10-01 22:00", "2026-10-02 02:00", role="controller"),
            shift("5", "L1", "dan", "2026-10-02 03:00", "2026-10-02 04:00"),  # after it
        ],
    )

    world.build()

    quarter, whole = Decimal("0.25"), Decimal(1)
    assert shares(world) == {
        (None, None): (whole, 1000, 8000, 400),
        ("anna", "anchor"): (quarter, 250, 2000, 100),
        ("ben", "anchor"): (Decimal("0.75"), 750, 6000, 300),
        ("cora", "controller"): (whole, 1000, 8000, 400),
    }
    rows = "select distinct cast(started_on as varchar), employee_id is null, owned_shop_id, room_id from core_live_share"
    assert sorted(world.rows(rows), key=repr) == [
        ("2026-10-01", False, None, None),
        ("2026-10-01", True, "uk", "R1"),
    ]


def test_two_anchors_at_once_share_what_they_show_together(world: FactWorld) -> None:
    world.drop("live_session", [session("L1", "2026-10-01 20:00", "2026-10-01 22:00", viewers=90, gmv="900")])
    world.drop(
        "live_shift",
        [
            shift("1", "L1", "anna", "2026-10-01 20:00", "2026-10-01 22:00"),
            shift("2", "L1", "ben", "2026-10-01 21:00", "2026-10-01 22:00", gmv="123.45", currency="CNY"),
        ],
    )

    world.build()

    found = shares(world)
    assert found["anna", "anchor"][:3] == (
        Decimal("0.666666666666"),
        Decimal("59.999999999940"),
        Decimal("599.999999999400"),
    )
    assert found["ben", "anchor"][0] == Decimal("0.333333333333")
    assert found["ben", "anchor"][2] == Decimal("123.45")  # the shift's own sales are stated


def test_a_livestreams_refunds_are_those_of_its_orders_unless_stated(world: FactWorld) -> None:
    times = ("2026-10-01 20:00", "2026-10-01 22:00")
    world.drop(
        "live_session",
        [
            session("L1", *times, gmv="300"),
            session("L2", *times, gmv="300"),
            session("L3", *times, gmv="0"),
            session("L4", *times, gmv="300", refund_amount="12"),
        ],
    )
    world.drop("order_line", [line("1", "2026-10-01 21:00", "300", live_session_id="L1")])
    world.drop(
        "refund", [refund("1", "1", "2026-10-20 10:00", "45"), refund("2", "9", "2026-10-20 10:00", "7")]
    )

    world.build()

    assert world.rows("select session_id, refunded_base from core_live_session order by 1") == [
        ("L1", Decimal(45)), ("L2", None), ("L3", Decimal(0)), ("L4", Decimal(12)),
    ]  # fmt: skip
    assert world.rows("select room_id from core_order_line") == [("R1",)]
    assert world.rows("select refund_line_id, room_id, is_excluded from core_refund order by 1") == [
        ("1", "R1", False), ("2", None, False),
    ]  # fmt: skip


def test_the_credited_owner_is_stated_or_found_through_what_brought_the_order(world: FactWorld) -> None:
    world.drop(
        "content",
        [
            {
                "content_id": "V1",
                "employee_id": "author",
                "type": "video",
                "published_at": "2026-10-01 08:00",
                "gmv": 9,
                "currency": "CNY",
            }
        ],
    )
    world.drop(
        "inquiry",
        [{"inquiry_id": "Q1", "owner_id": "seller", "received_at": "2026-10-01 08:00", "is_valid": "yes"}],
    )
    world.drop(
        "influencer",
        [
            {
                "cooperation_id": "1",
                "influencer_id": "I1",
                "bd_id": "bd1",
                "sample_sent_at": "2026-10-01 08:00",
            },
            {
                "cooperation_id": "2",
                "influencer_id": "I1",
                "bd_id": "bd2",
                "sample_sent_at": "2026-10-02 08:00",
            },
        ],
    )
    world.drop(
        "order_line",
        [
            line("1", "2026-10-05 10:00", "1", content_id="V1"),
            line("2", "2026-10-05 10:00", "1", influencer_id="I1"),
            line("3", "2026-10-05 10:00", "1", inquiry_id="Q1", content_id="V1"),
            line("4", "2026-10-05 10:00", "1", content_id="V1", owner_id="stated"),
            line("5", "2026-10-05 10:00", "1"),
        ],
    )
    world.drop("refund", [refund("1", "1", "2026-10-09 10:00", "1")])

    world.build()

    assert world.rows("select owner_id from core_order_line order by line_id") == [
        ("author",), ("bd2",), ("seller",), ("stated",), (None,),
    ]  # fmt: skip
    assert world.rows("select owner_id, content_id from core_refund") == [("author", "V1")]
    assert world.rows("select refunded_base from core_content") == [(Decimal(1),)]


def test_design_work_is_credited_to_the_newest_delivery(world: FactWorld) -> None:
    def task(key: str, who: str, kind: str, delivered: str) -> dict[str, object]:
        return {
            "task_id": key,
            "assignee_id": who,
            "type": kind,
            "due_at": "2026-10-20 10:00",
            "delivered_at": delivered,
            "sku_id": "S1",
        }

    world.drop(
        "task",
        [
            task("1", "anna", "main_image", "2026-10-01 10:00"),
            task("2", "ben", "main_image", "2026-10-03 10:00"),
            task("3", "cora", "page", "2026-10-02 10:00"),
        ],
    )
    world.drop(
        "traffic",
        [
            {"traffic_on": f"2026-10-0{n}", "sku_id": "S1", "source": "all", "clicks": n, "impressions": 100}
            for n in (1, 2, 3)
        ]
        + [{"traffic_on": "2026-10-03", "sku_id": "", "source": "all", "clicks": 50, "impressions": 100}],
    )

    world.build()

    assert world.rows(
        "select day(traffic_on), asset_type, owner_id, clicks from core_asset_traffic order by all"
    ) == [
        (1, "main_image", "anna", 1),
        (2, "main_image", "anna", 2),
        (2, "page", "cora", 2),
        (3, "main_image", "ben", 3),
        (3, "page", "cora", 3),
    ]
    assert world.rows("select level, count(*) from core_traffic group by 1 order by 1") == [
        ("shop", 1),
        ("sku", 3),
    ]


def cost(sku: str, cogs: str, fee: str | None = None) -> dict[str, object]:
    return {"sku_id": sku, "valid_from": "2026-01-01", "cogs": cogs, "currency": "CNY", "platform_fee": fee}


def test_a_new_sku_is_judged_by_its_first_days(world: FactWorld) -> None:
    world.attribution = "attribution: {new_sku_days: 10}\n"
    world.work()
    world.put("core_cost", [cost("S1", "4", "1")])
    world.put(
        "core_sku",
        [{"sku_id": "S2", "sku_group": "G", "listed_on": "2026-10-01", "owner_id": "selector", "brand": "B"}],
    )
    world.drop(
        "listing",
        [
            {
                "listing_id": "1",
                "sku_id": "S1",
                "owner_id": "anna",
                "planned_on": "2026-10-01",
                "live_at": "2026-10-02 10:00",
            }
        ],
    )
    world.drop(
        "order_line",
        [
            line("1", "2026-10-02 12:00", "30", qty=3),
            line("2", "2026-10-11 12:00", "10"),  # the tenth day
            line("3", "2026-10-12 12:00", "10"),  # the eleventh
            line("4", "2026-10-03 12:00", "99", sku_id="S2"),  # no cost is known
        ],
    )
    world.drop("refund", [refund("1", "1", "2026-10-05 10:00", "10", qty=1)])
    world.drop(
        "ad", [{"ad_on": "2026-10-03", "campaign_id": "K", "sku_id": "S1", "spend": "6", "currency": "CNY"}]
    )
    world.drop(
        "purchase_order",
        [
            {
                "po_id": "P", "po_line_id": "1", "supplier_id": "V", "sku_id": "S1", "qty": 9, "unit_price": "4",
                "currency": "CNY", "ordered_at": "2026-10-01 10:00", "received_at": "2026-10-02 10:00", "received_qty": 8,
            }
        ],
    )  # fmt: skip

    world.build()

    columns = "sku_id, owner_id, day(listed_on), day(day_90_on), sold_qty"
    columns += ", sales_base, cost_base, ad_spend_base, contribution_base"
    assert world.rows(f"select {columns}, stock_bought_base, brand from core_new_sku order by sku_id") == [
        # 3 + 1 pieces at 5 of cost and fee, of which one came back with its 4 of cost; sales 30 + 10 - 10
        ("S1", "anna", 2, 11, 3, Decimal(30), Decimal(16), Decimal(6), Decimal(8), Decimal(32), None),
        ("S2", "selector", 1, 10, 1, Decimal(99), None, Decimal(0), None, None, "B"),
    ]
    assert world.rows("select line_id, is_new_sku from core_order_line order by 1") == [
        ("1", None), ("2", None), ("3", None), ("4", True),
    ]  # fmt: skip


def person(key: str, start: str, end: str | None, **more: object) -> dict[str, object]:
    return {
        "person_id": key,
        "name": key,
        "role_id": "r",
        "valid_from": date.fromisoformat(start),
        "valid_to": None if end is None else date.fromisoformat(end),
        "is_key": False,
        **more,
    }


def test_headcount_is_the_sum_of_its_changes(world: FactWorld) -> None:
    world.work()
    world.put(
        "core_person",
        [
            person("boss", "2026-01-01", None, dept="ops"),
            person("anna", "2026-01-01", "2026-10-15", dept="ops", manager_id="boss"),  # moves
            person("anna", "2026-10-16", None, dept="cs", manager_id="boss"),
            person(
                "ben",
                "2026-02-01",
                "2026-10-31",
                dept="ops",
                manager_id="boss",
                leave_type="voluntary",
                is_key=True,
            ),
            person(
                "cora",
                "2026-03-01",
                None,
                dept="ops",
                manager_id="boss",
                leave_date=date(2026, 10, 10),
                leave_type="dismissed",
            ),
        ],
    )

    world.build()

    def heads(day: str, dept: str) -> int:
        return int(
            world.rows(
                f"select coalesce(sum(change), 0) from core_headcount where dept = '{dept}' and changed_on <= '{day}'"
            )[0][0]
        )

    days = ("2026-09-30", "2026-10-09", "2026-10-10", "2026-10-15", "2026-10-16", "2026-10-31")
    assert [heads(day, "ops") for day in days] == [4, 4, 3, 3, 2, 1]
    assert [heads(day, "cs") for day in ("2026-10-15", "2026-10-16")] == [0, 1]
    left = (
        "select employee_id, leavers, voluntary_leavers, is_key, cast(changed_on as varchar) from core_headcount"
        " where leavers > 0 order by 1"
    )
    assert world.rows(left) == [("ben", 1, 1, True, "2026-10-31"), ("cora", 1, 0, False, "2026-10-10")]


@pytest.mark.parametrize("wrong", ["{reply_minutes: 0}", "{reply_minutes: 1.5}", "{last_agent: 3}"])
def test_a_parameter_that_makes_no_sense_is_refused_with_its_line(world: FactWorld, wrong: str) -> None:
    world.attribution = f"attribution: {wrong}\n"

    with pytest.raises(Exception, match=r"company.yaml:6") as refused:
        world.work()

    assert getattr(refused.value, "code", "") in {"C003", "D110"}


def test_small_rules_fill_what_files_do_not_state(world: FactWorld) -> None:
    world.work()
    world.put("ticket_sla", [{"priority": "high", "sla_hours": 24}])
    world.put(
        "core_sku",
        [{"sku_id": "S1", "sku_group": "G", "listed_on": "2026-10-02", "delisted_on": "2026-10-03"}],
    )
    world.put("core_person", [person("anna", "2026-01-01", None, dept="design")])
    opened = {"opened_at": "2026-10-01 10:00", "resolved_at": "2026-10-01 11:30:59"}
    world.drop(
        "ticket",
        [
            {"ticket_id": "1", "priority": "high", **opened},
            {"ticket_id": "2", "priority": "low", **opened},
            {"ticket_id": "3", "priority": "", "sla_hours": 48, **opened},
        ],
    )
    world.drop(
        "review", [{"review_id": str(n), "rating": n, "created_at": "2026-10-01 10:00"} for n in (2, 3)]
    )
    world.drop(
        "inventory",
        [
            {"snapshot_on": f"2026-10-0{n}", "sku_id": "S1", "warehouse": "W", "sellable_qty": 0}
            for n in (1, 2, 3, 4)
        ],
    )
    world.drop(
        "platform_health",
        [{"metric": "odr", "measured_on": day, "value": 0} for day in ("2026-10-01", "2026-10-30")],
    )
    world.drop(
        "task", [{"task_id": "1", "assignee_id": "anna", "type": "page", "due_at": "2026-10-01 10:00"}]
    )
    world.drop(
        "forecast", [{"sku_id": "S1", "from_on": "2026-10-01", "to_on": "2026-10-07", "forecast_qty": 5}]
    )
    world.drop(
        "order_line", [line("1", "2026-10-07 12:00", "1", qty=3), line("2", "2026-10-08 12:00", "1", qty=9)]
    )

    world.build()

    assert world.rows("select sla_hours, cast(due_on as varchar), resolution_minutes from core_ticket order by ticket_id") == [
        (24, "2026-10-02", 90), (None, None, 90), (48, "2026-10-03", 90),
    ]  # fmt: skip
    assert world.rows("select is_negative from core_review order by rating") == [(True,), (False,)]
    assert world.rows("select is_listed from core_inventory order by snapshot_on") == [
        (False,),
        (True,),
        (True,),
        (False,),
    ]
    assert world.rows("select is_month_last from core_platform_health order by measured_on") == [
        (False,),
        (True,),
    ]
    assert world.rows("select dept from core_task") == [("design",)]
    assert world.rows("select actual_qty from core_forecast") == [(3,)]


def test_building_twice_and_anew_gives_the_same_tables(world: FactWorld) -> None:
    test_a_chat_is_credited_with_its_orders_and_charged_with_their_refunds(world)
    before = {name: world.rows(f"select * from core_{name} order by all") for name in FACTS}

    world.build()
    with world.warehouse() as con:
        rebuild_core(con, "CNY")

    assert {name: world.rows(f"select * from core_{name} order by all") for name in FACTS} == before
