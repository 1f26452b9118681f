"""Is a snapshot still what was signed? Every file against the manifest, the manifest against the ledger.

Belongs here: what is wrong and with which file. Not here: the chain of the ledger itself (models/closing/entries.py).
"""

import hashlib
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from models.closing.entries import Head
from models.closing.manifest import LOCKED, MANIFEST, LockedPeriod, Manifest, SnapshotFile
from models.errors import WarehouseError


@dataclass(frozen=True)
class Damage:
    """A file of a snapshot that is not as it was signed; `file` is its path below the home."""

    file: str
    what_zh: str
    what_en: str

    def error(self) -> WarehouseError:
        """The same as an error."""
        return WarehouseError("W125", f"a locked period is damaged: {self.what_en}", where=self.file)


def damages(home: Path, lock: LockedPeriod) -> Iterator[Damage]:
    """Everything that is wrong with the snapshot of a lock, the manifest first, then files by name."""
    folder = home / LOCKED / lock.folder
    shown = f"{LOCKED}/{lock.folder}"
    if not folder.is_dir():
        yield Damage(f"{shown}/", "整个文件夹不见了", "the whole folder is gone")
        return
    manifest = _manifest(folder, lock)
    if isinstance(manifest, Damage):
        # which files there should be is not known any more
        yield manifest
        return
    there = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))}
    folders = {parent.as_posix() for name in manifest.files for parent in Path(name).parents}
    for name in sorted({*manifest.files, *there} - {MANIFEST}):
        found = _wrong(name, there.get(name), manifest, folders)
        if found is not None:
            yield Damage(f"{shown}/{name}", *found)


def whole_manifest(home: Path, lock: LockedPeriod) -> Manifest:
    """The manifest of a lock whose every file is as it was signed.

    Raises:
        WarehouseError: W125 with the first file that is not.
    """
    for damage in damages(home, lock):
        raise damage.error()
    return signed_manifest(home, lock)


def signed_manifest(home: Path, lock: LockedPeriod) -> Manifest:
    """The manifest alone, as it was signed.

    Raises:
        WarehouseError: W125.
    """
    found = _manifest(home / LOCKED / lock.folder, lock)
    if isinstance(found, Damage):
        raise found.error()
    return found


def noted_heads(home: Path, locks: Iterable[LockedPeriod]) -> list[Head]:
    """The heads of the ledger that snapshots noted, of manifests that can be read at all.

    A manifest that was changed shows by its own hash; the ledger is measured by those that were not.
    """
    found = []
    for lock in locks:
        try:
            found.append(signed_manifest(home, lock).ledger)
        except WarehouseError:
            continue
    return found


def _manifest(folder: Path, lock: LockedPeriod) -> Manifest | Damage:
    name = f"{LOCKED}/{lock.folder}/{MANIFEST}"
    path = folder / MANIFEST
    if not _is_plain(path):
        return Damage(name, "文件不见了", "the file is gone")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != lock.manifest_hash:
        what = f"the content is not what entry {lock.entry.seq} of the ledger signed"
        return Damage(name, f"内容与台账第 {lock.entry.seq} 条所签不符", what)
    try:
        return Manifest.read(content)
    except ValueError:
        return Damage(name, "无法读取", "it cannot be read")


def _wrong(name: str, path: Path | None, manifest: Manifest, folders: set[str]) -> tuple[str, str] | None:
    """What is wrong with a file, or with one that should not be there."""
    due = manifest.files.get(name)
    if due is None:
        is_folder_of_ours = path is not None and path.is_dir() and not path.is_symlink() and name in folders
        return None if is_folder_of_ours else ("多出的文件", "it was added: the manifest does not name it")
    if path is None:
        return "文件不见了", "the file is gone"
    if not _is_plain(path):
        return "不是普通文件", "it is no plain file"
    return None if _is_as_written(path, due) else ("内容已被改动", "its content was changed")


def _is_as_written(path: Path, due: SnapshotFile) -> bool:
    content = path.read_bytes()
    return len(content) == due.bytes and hashlib.sha256(content).hexdigest() == due.sha256


def _is_plain(path: Path) -> bool:
    # lstat: a link to a file elsewhere can lead to another content tomorrow
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
