"""Rules inside and between company tables."""

from pathlib import Path

import pytest

from connectors.file_drop import check_company, read_company, write_templates
from connectors.file_drop.layout import parse_files_yaml, table_names
from models.errors import CompanyError, MeritError

PEOPLE = "person_id,name,role_id,manager_id,valid_from,valid_to,hire_date,leave_date\n"
OWNERS = "scope_type,scope_id,role_id,person_id,share,valid_from,valid_to\n"
TARGETS = "scope,scope_id,kpi_id,period,value,basis,version\n"
RATINGS = "person_id,period,item_id,rater_id,rater_type,score,scale_max\n"
ROLES = {"store_manager", "ops_specialist"}
KPIS = {"net_sales", "gross_margin"}


def company(folder: Path, **tables: str) -> Path:
    heads = {"people": PEOPLE, "ownership": OWNERS, "targets": TARGETS, "ratings": RATINGS}
    given = {
        "people": "P1,甲,store_manager,,2011-01-01,,,\nP2,乙,ops_specialist,P1,2011-01-01,,,\n",
        "ownership": "",
    } | tables
    for name, body in given.items():
        (folder / f"{name}.csv").write_text(heads[name] + body, encoding="utf-8")
    return folder


def problem(folder: Path) -> MeritError:
    with pytest.raises(MeritError) as caught:
        check_company(read_company(folder).tables, role_ids=ROLES, kpi_ids=KPIS)
    return caught.value


def test_a_sound_company_passes(tmp_path: Path) -> None:
    row = "shop,uk,ops_specialist,{},{},{},{}\n"
    first = ("2011-01-01", "2011-11-15")
    shares = row.format("P1", 0.6, *first) + row.format("P2", 0.4, *first)
    later = row.format("P1", 0.5, "2011-11-16", "") + row.format("P2", 0.5, "2011-11-16", "")
    folder = company(tmp_path, ownership=shares + later)

    check_company(read_company(folder).tables, role_ids=ROLES, kpi_ids=KPIS)

    assert len(read_company(folder).rows("ownership")) == 4


def test_shares_of_130_percent_name_both_rows_and_the_remedy(tmp_path: Path) -> None:
    folder = company(
        tmp_path,
        ownership="shop,uk,ops_specialist,P1,0.7,2011-01-01,\nshop,uk,ops_specialist,P2,0.6,2011-03-01,\n",
    )

    error = problem(folder)

    assert error.code == "C120"
    assert "130" in error.what
    assert error.where == "ownership.csv:2 and ownership.csv:3"
    assert "2011-03-01" in error.actual
    assert error.remedy


def test_shares_of_other_roles_scopes_and_days_do_not_add_up(tmp_path: Path) -> None:
    rows = (
        "shop,uk,ops_specialist,P1,1,2011-01-01,2011-01-31\nshop,uk,ops_specialist,P2,1,2011-02-01,\n"
        "shop,uk,store_manager,P1,1,2011-01-01,\nshop,export,ops_specialist,P1,1,2011-01-01,\n"
    )

    check_company(read_company(company(tmp_path, ownership=rows)).tables, role_ids=ROLES, kpi_ids=KPIS)

    assert (tmp_path / "ownership.csv").exists()


def test_a_hundredth_of_a_percent_too_much_is_refused(tmp_path: Path) -> None:
    rows = "".join(f"shop,uk,ops_specialist,P{i},0.333334,2011-01-01,\n" for i in (1, 2, 3))
    people = "".join(f"P{i},甲,ops_specialist,,2011-01-01,,,\n" for i in (1, 2, 3))

    assert problem(company(tmp_path, people=people, ownership=rows)).code == "C120"


def test_the_same_person_twice_in_one_scope_is_refused(tmp_path: Path) -> None:
    rows = "shop,uk,ops_specialist,P1,0.2,2011-01-01,2011-06-30\nshop,uk,ops_specialist,P1,0.3,2011-06-30,\n"

    error = problem(company(tmp_path, ownership=rows))

    assert error.code == "C121"
    assert error.where == "ownership.csv:2 and ownership.csv:3"


@pytest.mark.parametrize(
    ("people", "code"),
    [
        ("P1,甲,store_manager,,2011-01-01,2011-06-30,,\nP1,甲,ops_specialist,,2011-06-30,,,\n", "C122"),
        ("P1,甲,store_manager,P9,2011-01-01,,,\n", "C123"),
        ("P1,甲,store_manager,P1,2011-01-01,,,\n", "C124"),
        ("P1,甲,store_manager,P2,2011-01-01,,,\nP2,乙,store_manager,P1,2011-01-01,,,\n", "C124"),
        ("P1,甲,store_manger,,2011-01-01,,,\n", "C125"),
        ("P1,甲,store_manager,,2011-01-02,2011-01-01,,\n", "C126"),
        ("P1,甲,store_manager,,2011-01-01,,2011-01-01,2010-12-31\n", "C126"),
        ("P1,甲,store_manager,,2011-02-01,,,2011-01-31\n", "C126"),  # left before the row begins
        ("P1,甲,store_manager,,2011-01-01,,,2011-06-30\nP1,甲,ops_specialist,,2011-06-30,,,\n", "C122"),
    ],
)
def test_people_that_contradict_themselves_are_refused(tmp_path: Path, people: str, code: str) -> None:
    assert problem(company(tmp_path, people=people)).code == code


def test_a_circle_of_five_names_everyone_in_it_once(tmp_path: Path) -> None:
    people = "".join(f"P{i},甲,store_manager,P{i % 5 + 1},2011-01-01,,,\n" for i in range(1, 6))

    error = problem(company(tmp_path, people=people + "P6,乙,store_manager,P1,2011-01-01,,,\n"))

    assert error.actual == "P1 -> P2 -> P3 -> P4 -> P5 -> P1 on 2011-01-01"


def test_managers_that_swap_in_time_are_no_circle(tmp_path: Path) -> None:
    people = (
        "P1,甲,store_manager,P2,2011-01-01,2011-06-30,,\nP2,乙,store_manager,,2011-01-01,2011-06-30,,\n"
        "P1,甲,store_manager,,2011-07-01,,,\nP2,乙,store_manager,P1,2011-07-01,,,\n"
    )

    check_company(read_company(company(tmp_path, people=people)).tables, role_ids=ROLES)

    assert (tmp_path / "people.csv").exists()


def test_an_unknown_role_is_met_with_the_nearest_one(tmp_path: Path) -> None:
    error = problem(company(tmp_path, people="P1,甲,store_manger,,2011-01-01,,,\n"))

    assert "'store_manager'" in error.remedy
    assert error.where == "people.csv:2"


def test_an_owner_who_is_not_on_the_roster_is_refused(tmp_path: Path) -> None:
    assert problem(company(tmp_path, ownership="shop,uk,store_manager,P7,1,2011-01-01,\n")).code == "C132"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("person,P1,net_sale,2011-11,5,own_history,1\n", "C128"),
        ("person,P9,net_sales,2011-11,5,own_history,1\n", "C133"),
        ("role,store_manger,net_sales,2011-11,5,own_history,1\n", "C125"),
        ("person,P1,net_sales,2011-11,5,external,1\n", "C129"),
    ],
)
def test_targets_nobody_can_stand_behind_are_refused(tmp_path: Path, row: str, code: str) -> None:
    error = problem(company(tmp_path, targets=row))

    assert (error.code, error.where) == (code, "targets.csv:2")


def test_an_unknown_kpi_is_met_with_the_nearest_one(tmp_path: Path) -> None:
    assert (
        "'net_sales'"
        in problem(company(tmp_path, targets="person,P1,net_sale,2011-11,5,own_history,1\n")).remedy
    )


def test_two_targets_of_one_version_are_refused_and_a_new_version_is_not(tmp_path: Path) -> None:
    row = "person,P1,net_sales,2011-11,{},own_history,{}\n"
    twice = company(tmp_path, targets=row.format(5, 1) + row.format(6, 1))

    with pytest.raises(MeritError) as caught:
        read_company(twice)
    newer = company(tmp_path, targets=row.format(5, 1) + row.format(6, 2))

    assert caught.value.code == "C114"
    assert len(read_company(newer).rows("targets")) == 2


@pytest.mark.parametrize("period", ["2011-13", "201111", "2011-Q5", "2011-11-31", "Nov 2011"])
def test_unknown_periods_are_refused(tmp_path: Path, period: str) -> None:
    company(tmp_path, targets=f"person,P1,net_sales,{period},5,own_history,1\n")

    with pytest.raises(MeritError) as caught:
        read_company(tmp_path)

    assert caught.value.code == "C155"


def test_a_score_above_its_scale_is_refused(tmp_path: Path) -> None:
    assert problem(company(tmp_path, ratings="P1,2011-11,initiative,GM,superior,6,5\n")).code == "C134"


def test_all_problems_of_all_tables_come_together(tmp_path: Path) -> None:
    folder = company(
        tmp_path,
        people="P1,甲,store_manger,,2011-01-01,,,\n",
        ownership="shop,uk,store_manager,P7,1,2011-01-01,\n",
        targets="person,P1,net_sale,2011-11,5,external,1\n",
    )

    lines = problem(folder).render()

    assert [code for code in ("C125", "C132", "C128", "C129") if code not in lines] == []


def test_files_that_cannot_be_read_are_reported_together(tmp_path: Path) -> None:
    company(tmp_path, targets="person,P1,net_sales,2011-11,many,own_history,1\n")
    (tmp_path / "people.csv").unlink()

    with pytest.raises(MeritError) as caught:
        read_company(tmp_path)

    assert "C101" in caught.value.render()
    assert "C152" in caught.value.render()


def test_a_table_in_two_files_is_refused(tmp_path: Path) -> None:
    company(tmp_path)
    (tmp_path / "people.xlsx").write_bytes(b"x")

    with pytest.raises(MeritError) as caught:
        read_company(tmp_path)

    assert caught.value.code == "C111"


def test_files_yaml_gives_name_and_encoding(tmp_path: Path) -> None:
    company(tmp_path)
    text = "货号,生效日期,进价,币种\nA,2011/01/01,1.50,GBP\n"
    (tmp_path / "成本.csv").write_bytes(text.encode("gbk"))
    declared = 'costs: {file: 成本.csv, encoding: gbk, date_format: "%Y/%m/%d", columns: {cogs: 进价}}\n'
    (tmp_path / "files.yaml").write_text(declared, encoding="utf-8")

    rows = read_company(tmp_path).rows("costs")

    assert str(rows[0]["cogs"]) == "1.50"


@pytest.mark.parametrize(
    "text",
    [
        "cost: {file: a.csv}",
        "costs: {encoding: latin-1}",
        "costs: {fil: a.csv}",
        "costs: {file: a.csv, file: b.csv}",
        "costs: &a {file: a.csv}\nskus: *a",
        "costs: !!python/object/apply:os.system [ls]",
        "[" * 3000,
        "- costs",
    ],
)
def test_unusable_declarations_are_refused(text: str) -> None:
    with pytest.raises(CompanyError) as caught:
        parse_files_yaml(text)

    assert caught.value.code == "C112"


@pytest.mark.parametrize("name", ["../x.csv", "/etc/passwd", "a/b.csv", "..", "a\\b.csv", "x" * 300])
def test_a_declared_file_stays_inside_the_company_folder(tmp_path: Path, name: str) -> None:
    company(tmp_path)
    (tmp_path / "files.yaml").write_text(f"costs: {{file: '{name}'}}\n", encoding="utf-8")

    with pytest.raises(MeritError) as caught:
        read_company(tmp_path)

    assert caught.value.code in {"C112", "C102"}


def test_templates_are_read_as_an_empty_company_and_never_overwrite(tmp_path: Path) -> None:
    written = write_templates(tmp_path / "new")

    tables = read_company(tmp_path / "new").tables

    assert {p.name for p in written} >= {"company.yaml", "sources.yaml", "files.yaml", "people.csv"}
    assert sorted(tables) == sorted(table_names())
    assert [t.rows for t in tables.values()] == [[]] * len(tables)
    with pytest.raises(CompanyError) as caught:
        write_templates(tmp_path / "new")
    assert caught.value.code == "C135"


def test_the_example_rows_of_the_templates_are_valid(tmp_path: Path) -> None:
    for path in write_templates(tmp_path):
        if path.suffix == ".csv":
            path.write_text(path.read_text(encoding="utf-8").replace("# example: ", ""), encoding="utf-8")

    tables = read_company(tmp_path).tables

    assert {t: len(d.rows) for t, d in tables.items()} == dict.fromkeys(table_names(), 1)
    check_company(tables, role_ids=ROLES, kpi_ids=KPIS)


def test_who_left_may_come_back_although_the_first_row_has_no_valid_to(tmp_path: Path) -> None:
    people = "P1,甲,store_manager,,2011-01-01,,2011-01-01,2011-06-30\nP1,甲,store_manager,,2011-09-01,,,\n"

    check_company(read_company(company(tmp_path, people=people)).tables, role_ids=ROLES)

    assert len(read_company(tmp_path).rows("people")) == 2
