"""Connectors declared in YAML: an in-house or unlisted source without a line of Python. See README.md.

Belongs here: a whole file of one connector. Not here: its parts (access, streams, columns, requests), finding the files of
a company (pipelines/company/company.py), running it (the kit, as for any other connector).
"""

import re
from collections.abc import Collection, Mapping

from connectors.http_json.access import read_auth, read_errors, read_limit
from connectors.http_json.reading import wrong
from connectors.http_json.streams import read_stream
from connectors.kit.contract.connector import Connector
from connectors.kit.contract.errors import KitError
from connectors.kit.contract.request import HttpAnswer
from models.definitions.reading import Fields, as_id, as_mapping, as_text
from models.definitions.strict_yaml import Node, parse
from models.errors import CompanyError

__all__ = ["read_connector", "read_connectors"]

FOLDER = "connectors"  # of the company folder
# without _: `raw_<connector>_<stream>` has one reading only
_NAME = re.compile(r"[a-z][a-z0-9]{1,30}", re.ASCII)
_MOST = 50  # files, and streams of a file


def read_connectors(texts: Mapping[str, str], taken: Collection[str]) -> dict[str, Connector]:
    """The connectors of a folder by name.

    Args:
        texts: the text of each file by the name that messages show, `connectors/<name>.yaml`.
        taken: names that are in use already.

    Raises:
        CompanyError: C170 to C179, with file and line.
        DefinitionError: D1xx for YAML that is not as it should be.
    """
    if len(texts) > _MOST:
        raise _misnamed(FOLDER, f"{len(texts)} files", f"at most {_MOST}")
    found = {}
    for shown, text in texts.items():
        folder, _, file = shown.rpartition("/")
        name = file.removesuffix(".yaml")
        if folder != FOLDER or not _NAME.fullmatch(name):
            raise _misnamed(
                shown, name, "put it into connectors/ itself; name it with a-z and 0-9, e.g. orderbook.yaml"
            )
        # `raw_a_b_c` must be the stream b_c of a, and of no connector a_b
        if any(other == name or other.startswith(f"{name}_") for other in taken):
            raise _misnamed(shown, name, "this name belongs to another connector: choose another one")
        found[name] = read_connector(text, shown, name)
    return found


def read_connector(text: str, file: str, name: str) -> Connector:
    """The connector that a file declares.

    Raises:
        CompanyError: C170 to C179, with file and line.
        DefinitionError: D1xx for YAML that is not as it should be.
    """
    top = Fields(
        parse(text, file),
        file,
        required=("docs", "auth", "limit", "streams"),
        optional=("platform", "errors"),
    )
    errors = top.get("errors")
    if errors is None:
        remedy = "add errors: {field: code, good: [0]} or {none: why there is no such field}"
        raise wrong("C173", "the file does not say what tells an error in a success", top.mapping, "", remedy)
    rule, rate, docs, platform = (
        read_errors(errors),
        read_limit(top["limit"]),
        _docs(top["docs"]),
        top.get("platform"),
    )
    streams = as_mapping(top["streams"], "streams")
    if not 0 < len(streams.entries) <= _MOST:
        raise wrong(
            "C178",
            "the file declares no stream, or too many",
            streams,
            str(len(streams.entries)),
            "declare one",
        )

    def classify(_: Connector, answer: HttpAnswer) -> KitError | None:
        return rule.judge(answer)

    # a class of its own: the base checks a declaration when its class is made, as for one in Python
    made = type(
        f"Declared_{name}",
        (Connector,),
        {
            "__doc__": f"The connector of {file}.",
            "name": name,
            "platform": as_id(platform, "platform") if platform else name,
            "auth": read_auth(top["auth"]),
            "streams": tuple(
                read_stream(_stream_name(key, node), node, connector=name, docs=docs, rate=rate)
                for key, node in streams.entries.items()
            ),
            "classify": classify,
        },
    )
    connector: Connector = made()
    return connector


def _stream_name(key: str, node: Node) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", key, re.ASCII):
        raise wrong(
            "C170", "a stream's name is not usable", node, key, "use a-z, 0-9 and _, starting with a letter"
        )
    return key


def _docs(node: Node) -> str:
    text = as_text(node, "docs")
    # visible ASCII only: it is shown as a link
    if not re.fullmatch(r"https://[A-Za-z0-9.-]+(/[!-~]*)?", text, re.ASCII):
        raise wrong("C178", "docs names the page that describes the source", node, text, "write https://...")
    return text


def _misnamed(shown: str, actual: str, remedy: str) -> CompanyError:
    return CompanyError(
        "C170",
        "a connector file cannot be used under this name",
        where=shown,
        actual=actual[:60],
        remedy=remedy,
    )
