"""`python -m tests.docs.pages [CONNECTOR|all]`: make every page anew, after a run of the connector's promises if one is named.

Not here: what is made (the package's other modules).
"""

import sys

from tests.docs.pages import write
from tests.docs.pages.conformance import run_anew


def main(arguments: list[str]) -> int:
    """The exit code: 1 when a connector does not keep a promise."""
    failed = [verdict for connector in arguments for verdict in run_anew(connector)]
    sys.stdout.writelines(f"{verdict.case} {verdict.number}: {verdict.said}\n" for verdict in failed)
    write()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
