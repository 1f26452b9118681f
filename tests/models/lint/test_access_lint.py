"""Rules about who may do what, in companies that nobody would think of."""

from hypothesis import given

from models.closing.access import Access, AccessGrant
from models.closing.rights import Rights
from models.lint import CompanyContext
from models.lint.access import RULES
from models.lint.finding import LintedWorld, LintFinding
from tests.models.closing.test_rights import companies, unhurried
from tests.models.lint.planted import world

DEFINITIONS = world()


def findings(company: Rights) -> list[LintFinding]:
    known = LintedWorld(DEFINITIONS, CompanyContext(people=company.people, access=company.access))
    return [finding for rule in RULES for _, finding in rule.findings(known)]


@unhurried
@given(companies())
def test_any_company_is_judged_without_failing_and_never_stops_a_run(company: Rights) -> None:
    assert all(finding.severity != "error" for finding in findings(company))


@unhurried
@given(companies())
def test_where_everybody_has_a_reviewer_from_outside_nobody_is_missed(company: Rights) -> None:
    outside = AccessGrant(kind="person", name="GM", may=frozenset({"score"}), over="company")
    access = Access(others=company.access.others, grants=(*company.access.grants, outside))

    assert not {"L120", "L127"} & {f.code for f in findings(Rights(access, company.people))}
