"""Landing files: what a platform said, redacted, kept so that every record can be rebuilt.

One gzip file per window, JSON lines: a header, one line per answer, an end line. The bytes depend only on
the content, so the same answers give the same file name. Not here: what the lines mean (reading.py).
"""

import gzip
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from connectors.kit.contract.errors import LandingDamaged
from connectors.kit.contract.strict_json import Json, NotJson, dumps, loads
from connectors.kit.contract.windows import Window
from models.loads import StreamRef
from models.whole_file import give_name

FORMAT = 1


def stamp(window: Window) -> str:
    """The window as part of a file name."""
    return f"{window.start:%Y%m%dT%H%M%SZ}_{window.end:%Y%m%dT%H%M%SZ}"


def sha256_of(path: Path) -> str:
    """Hash of a whole file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Landing:
    """The folder `<root>/<connector>/<stream>/<shop>/`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def writer(self, ref: StreamRef, window: Window) -> "LandingWriter":
        """A file in the making."""
        return LandingWriter(self.root, Path(ref.connector) / ref.stream / ref.shop_id, stamp(window))


class LandingWriter:
    """Writes beside the final name; nothing appears under it before `commit`."""

    def __init__(self, root: Path, folder: Path, name: str) -> None:
        self._root, self._folder, self._name = root, folder, name
        (root / folder).mkdir(parents=True, exist_ok=True)
        # in the folder of the final name: a rename is atomic only within one file system
        handle, part = tempfile.mkstemp(prefix=".part-", dir=root / folder)
        self._part = Path(part)
        self._file = os.fdopen(handle, "wb")
        # no name and no time in gzip's header (RFC 1952, section 2.3): same answers, same bytes
        self._gzip = gzip.GzipFile(filename="", mode="wb", fileobj=self._file, mtime=0)

    def line(self, value: Json) -> None:
        """Append one line."""
        self._gzip.write(dumps(value).encode() + b"\n")

    def commit(self) -> tuple[str, str]:
        """Name the file by its content; the result is the path below the root and the hash."""
        self._gzip.close()
        self._file.close()
        sha256 = sha256_of(self._part)
        relative = self._folder / f"{self._name}_{sha256[:12]}.jsonl.gz"
        give_name(self._part, self._root / relative)
        return relative.as_posix(), sha256

    def discard(self) -> None:
        """Leave nothing behind; harmless after `commit`."""
        self._gzip.close()
        self._file.close()
        self._part.unlink(missing_ok=True)


def read_lines(path: Path) -> Iterator[Json]:
    """The lines of a landing file.

    Raises:
        LandingDamaged: the file is cut or not what was written.
    """
    try:
        with gzip.open(path, "rb") as file:
            for line in file:
                yield loads(line)
    except (OSError, EOFError, NotJson) as error:  # EOFError: gzip without its end
        raise LandingDamaged(
            "a landing file cannot be read", actual=f"{path.name}: {type(error).__name__}"
        ) from None
