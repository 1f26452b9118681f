"""`python -m connectors.sandbox`: serve until stopped. Not here: what is served (`server`, `accounts`)."""

import argparse
import json
import os
import signal
import sys
import threading
from datetime import datetime
from pathlib import Path

from connectors.sandbox import Options, Sandbox
from connectors.sandbox.accounts import DATA
from models.errors import MeritError, UsageError

SHOPIFY_VARIABLE, ZENDESK_VARIABLE = "SAMPLE_SHOPIFY_TOKEN", "SAMPLE_ZENDESK_TOKEN"


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("needs a zone, for example 2011-12-01T06:30:00+00:00")
    return moment


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m connectors.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--as-of", type=_instant, required=True)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument(
        "--exit-with-stdin", "--exit-with-parent", action="store_true", dest="exit_with_stdin"
    )
    return parser.parse_args()


def _options() -> Options:
    missing = [name for name in (SHOPIFY_VARIABLE, ZENDESK_VARIABLE) if not os.environ.get(name)]
    if missing:
        raise UsageError(
            "U201",
            "the sandbox has no token to ask for",
            where=", ".join(missing),
            remedy="set both variables to any text",
        )
    return Options(os.environ[SHOPIFY_VARIABLE], os.environ[ZENDESK_VARIABLE])


def _run(arguments: argparse.Namespace) -> None:
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    with Sandbox(arguments.as_of, arguments.data, arguments.port, options=_options()) as sandbox:
        sys.stdout.write(json.dumps({"url": sandbox.url}) + "\n")
        sys.stdout.flush()
        if arguments.exit_with_stdin:
            threading.Thread(target=_wait_for_end, args=(done,), daemon=True).start()
        done.wait()


def _wait_for_end(done: threading.Event) -> None:
    """The parent holds our standard input open; it closes however the parent ends."""
    while os.read(0, 4096):
        pass
    done.set()


def main() -> int:
    """Command line entry; the exit code."""
    try:
        _run(_arguments())
    except MeritError as error:
        sys.stderr.write(f"{error.render()}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
