"""Readers of values from outside: one form and one limit each, and a refusal for everything else."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.tables import MONEY, MONEY_WIDTH
from models.values import (
    MAX_DIGITS,
    MAX_ID,
    FormError,
    LimitError,
    ReadingError,
    Width,
    closest,
    dec,
    fit,
    in_zone,
    nearest,
    plausible,
    read_currency,
    read_date,
    read_decimal,
    read_epoch,
    read_id,
    read_instant,
    read_instant_utc,
    read_key,
    read_shop_id,
    read_text,
    read_whole,
    read_zone,
    width_of,
)

READERS: dict[str, Callable[[str], object]] = {
    "dec": dec,
    "decimal": read_decimal,
    "money": lambda text: fit(read_decimal(text), MONEY_WIDTH),
    "whole": read_whole,
    "date": read_date,
    "a plausible date": lambda text: plausible(read_date(text)),
    "instant": read_instant,
    "instant in UTC": read_instant_utc,
    "currency": read_currency,
    "zone": read_zone,
    "shop": read_shop_id,
    "id": read_id,
    "key": read_key,
    "text": read_text,
}
# Texts near to what the readers take: digits of several scripts, signs, dates, blanks that are none.
NEARLY = st.text("0123456789１२+-.,:TZ eE_/\u200b\u00a0\u3000\x00%Yymd年", max_size=60)
TEXTS = st.one_of(st.text(), NEARLY, st.from_regex(r"-?[0-9]{1,60}(\.[0-9]{1,60})?", fullmatch=True))
INSTANTS = st.from_regex(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?",
    fullmatch=True,
)


@pytest.mark.parametrize("reader", READERS.values(), ids=list(READERS))
@given(text=st.one_of(TEXTS, INSTANTS))
def test_any_text_is_a_value_or_a_refusal(reader: Callable[[str], object], text: str) -> None:
    with suppress(ReadingError):
        reader(text)


@given(
    text=TEXTS, form=st.one_of(NEARLY, st.sampled_from(["%d/%m/%Y", "%Y%m%d", "%Y-%Y", "%", "%Y年%m月%d日"]))
)
def test_any_text_in_any_stated_form_is_a_day_or_a_refusal(text: str, form: str) -> None:
    with suppress(ReadingError):
        read_date(text, form)
        read_instant(text, form)


@given(number=st.integers())
def test_any_count_of_seconds_is_an_instant_or_a_refusal(number: int) -> None:
    with suppress(LimitError):
        assert read_epoch(number).tzinfo is UTC
        assert read_epoch(number, 1000).tzinfo is UTC


@given(
    number=st.decimals(allow_nan=False, allow_infinity=False),
    width=st.sampled_from([Width(14, 4), Width(4, 8)]),
)
def test_what_fits_a_column_is_stored_digit_by_digit(number: Decimal, width: Width) -> None:
    try:
        assert fit(number, width) is number
    except LimitError:
        return
    whole, _, fraction = f"{number:f}".lstrip("-").partition(".")
    assert len(whole.lstrip("0")) <= width.whole
    assert len(fraction.rstrip("0")) <= width.places


@given(number=st.decimals(min_value=-(10**12), max_value=10**12, places=6))
def test_a_number_is_read_exactly(number: Decimal) -> None:
    assert read_decimal(str(number)) == number


def test_a_number_has_at_most_the_digits_of_the_widest_column() -> None:
    assert read_decimal("9" * MAX_DIGITS) == Decimal("9" * MAX_DIGITS)

    with pytest.raises(LimitError, match="39 digits"):
        read_decimal("9" * (MAX_DIGITS + 1))


def test_a_definition_states_at_most_eighteen_digits_before_the_point() -> None:
    assert dec("9" * 18) == 10**18 - 1

    with pytest.raises(LimitError, match="20 digits before the point"):
        dec("9" * 20)


def test_the_width_of_money_is_that_of_its_column() -> None:
    assert width_of(MONEY) == MONEY_WIDTH
    assert width_of("decimal(38, 10)") == Width(28, 10)
    assert width_of("BIGINT") is None


@pytest.mark.parametrize("text", ["1", "-1", "007"])
def test_whole_numbers_are_digits(text: str) -> None:
    assert read_whole(text) == int(text)


@pytest.mark.parametrize("text", ["", "1.0", "1_000", "１", "²", "1e3", "+1", " 1"])
def test_other_texts_are_no_whole_numbers(text: str) -> None:
    with pytest.raises(FormError):
        read_whole(text)


@pytest.mark.parametrize("year", ["1970", "2101", "0201", "9999"])
def test_the_years_of_slips_are_implausible(year: str) -> None:
    with pytest.raises(LimitError):
        plausible(read_date(f"{year}-01-01"))
    with pytest.raises(LimitError):
        read_instant(f"{year}-06-01 00:00:00")


def test_instants_keep_their_offset_or_stay_local() -> None:
    assert read_instant("2026-01-31 09:30") == datetime(2026, 1, 31, 9, 30)
    assert read_instant_utc("2026-01-31T09:30:00+0800") == datetime(2026, 1, 31, 1, 30, tzinfo=UTC)
    with pytest.raises(FormError):
        read_instant_utc("2026-01-31 09:30")
    with pytest.raises(FormError):
        read_instant("2026-W05-6T00:00:00+00:00")


def test_a_time_that_no_clock_showed_is_refused() -> None:
    london = ZoneInfo("Europe/London")

    assert in_zone(read_instant("2011-10-30 01:30"), london) == datetime(2011, 10, 30, 0, 30, tzinfo=UTC)
    with pytest.raises(LimitError, match="never showed"):
        in_zone(read_instant("2011-03-27 01:30"), london)


def test_a_stated_form_takes_the_digits_0_to_9_only() -> None:
    assert read_date("2026年1月31日", "%Y年%m月%d日") == date(2026, 1, 31)
    with pytest.raises(FormError):
        read_date("２０２６-01-31", "%Y-%m-%d")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("P0\u200b01", "U+200B at character 3"),
        ("\u200eP001", "U+200E at character 1"),
        ("P001\u202e", "U+202E at character 5"),
        ("P001\u00a0", "U+00A0 at character 5"),
        ("P\u00ad001", "U+00AD at character 2"),
        ("P\ufeff001", "U+FEFF at character 2"),
        ("P001\t", "U+0009 at character 5"),
        ("\x00P001", "U+0000 at character 1"),
        ("P001\ufe0f", "U+FE0F at character 5"),
        ("P001\U000e0020", "U+E0020 at character 5"),
        ("P001\u3164", "U+3164 at character 5"),
    ],
)
def test_an_id_with_an_invisible_character_names_it(text: str, place: str) -> None:
    with pytest.raises(FormError, match=re.escape(place)) as caught:
        read_id(text)

    assert "type the id again" in caught.value.remedy


@pytest.mark.parametrize("text", ["", " ", "\u3000P001", "P001\u3000", "x" * (MAX_ID + 1)])
def test_an_id_is_no_blank_no_blank_at_its_ends_and_no_document(text: str) -> None:
    with pytest.raises(ReadingError):
        read_id(text)


@pytest.mark.parametrize("text", ["P001", "客服 一组", "客服　一组", "SKU-1/红", "Ünal", "007"])
def test_ids_that_people_use_stay_as_they_are(text: str) -> None:
    assert read_id(text) == text


@given(text=st.text())
def test_two_ids_that_are_read_differ_visibly(text: str) -> None:
    try:
        found = read_id(text)
    except ReadingError:
        return
    assert found == text.strip(" ")
    assert all(
        character.isprintable() or character == "\u3000" or not character.isspace() for character in found
    )


def test_ids_of_machines_are_kept_character_by_character() -> None:
    assert read_key(" A ") == " A "
    assert read_key(6940000000000000000) == "6940000000000000000"
    for wrong in (True, None, 1.5, "", " ", "x" * (MAX_ID + 1)):
        with pytest.raises(FormError):
            read_key(wrong)


def test_a_misspelt_name_is_met_with_the_nearest() -> None:
    assert closest("net_sale", ["net_sales", "gmv"]) == ["net_sales"]
    assert nearest("net_sale", ["net_sales", "gmv"]) == "did you mean net_sales?"
    assert nearest("zzz", ["net_sales", "gmv"]) == "known: gmv, net_sales"
    assert nearest("zzz", ["gmv"], otherwise="take the line out") == "take the line out"
