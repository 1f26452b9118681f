"""access.yaml of a company folder, optional until somebody signs.

Only the linter and the commands that sign read it: a slip in it stops no morning. Not here: what it means
(models/closing/access.py) and what follows from it (models/closing/rights.py).
"""

import os

from models.closing.access import ACCESS, Access, parse_access
from models.errors import CompanyError
from pipelines.company.company import Company
from pipelines.company.untrusted_folder import read_text


def find_access(company: Company) -> Access | None:
    """Who may do what in the company; None without the file.

    Raises:
        MeritError: C002, C008, C192 or D1xx for a file that cannot be used.
    """
    path = company.folder / ACCESS
    # lexists: a link that leads nowhere goes on to read_text, which refuses it by name
    return parse_access(read_text(path)) if os.path.lexists(path) else None


def required_access(company: Company) -> Access:
    """The same, for commands that sign.

    Raises:
        MeritError: C191 without the file; as `find_access` otherwise.
    """
    access = find_access(company)
    if access is None:
        what = "nobody may sign anything: the company does not say who may do what"
        raise CompanyError("C191", what, where=str(company.folder / ACCESS))
    return access
