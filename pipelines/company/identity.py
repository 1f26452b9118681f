"""Who acts: the person behind a login, as a value that is passed in.

Belongs here: the login that the operating system vouches for, and whose it is. Not here: what that person may do
(models/closing/rights.py). Pages that sign people in by themselves pass their own login to `identify`.
"""

import os
import pwd
from dataclasses import dataclass
from datetime import date

from models.closing.access import ACCESS
from models.closing.rights import Rights
from models.errors import RightsError


@dataclass(frozen=True)
class Identity:
    """A person, and the login by which they came."""

    person_id: str
    login: str


def system_login() -> str:
    """The login that this process runs as.

    From the effective user id and not from USER or LOGNAME, which anybody can set (credentials(7)).

    Raises:
        RightsError: R110 when the user id has no name, as in a container that was started with a bare number.
    """
    uid = os.geteuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        remedy = "run the command as a user that the computer knows by name"
        raise RightsError(
            "R110", "this user id has no login", where="/etc/passwd", actual=f"uid {uid}", remedy=remedy
        ) from None


def is_login(name: str) -> bool:
    """Whether this computer has such a login."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def identify(login: str, rights: Rights, on: date) -> Identity:
    """The person whom the login belongs to on that day.

    Raises:
        RightsError: R110 for a login of nobody, R111 for one of several people, R101 for one of somebody who is not here.
    """
    people = sorted(rights.access.persons_of(login, on))
    where = f"{ACCESS}: users"
    if not people:
        raise RightsError("R110", "this login belongs to nobody", where=where, actual=f"{login} on {on}")
    if len(people) > 1:
        what = "this login belongs to more than one person"
        raise RightsError("R111", what, where=where, actual=f"{login}: {', '.join(people)} on {on}")
    if people[0] not in rights.roster(on).here:
        what = "this login belongs to somebody who is not here on that day"
        raise RightsError("R101", what, where=where, actual=f"{login}: {people[0]} on {on}")
    return Identity(people[0], login)
