"""Nobody but the user who runs the product looks below the home: names, targets, scores, orders and Dagster's own logs lie there.

Belongs here: what this process makes is private from its first moment; what is there already is mended. Not here: which paths
there are (home.py).
"""

import os
import stat
from pathlib import Path

_OTHERS = 0o077


def keep_private(root: Path) -> None:
    """Close a home to others: 0700 for folders and 0600 for files, whatever the user's umask says.

    New files follow from the umask of this process and its children. Old ones are looked through only when the home or something
    directly in it is open to others, as in a home that an older version made or that was copied: a home may hold many files.
    """
    os.umask(_OTHERS)
    if not root.is_dir() or _belongs_to_more(root):
        return
    # first: from here on nobody reaches what lies deeper
    loose = _close(root)
    with os.scandir(root) as entries:
        loose = any(_close(Path(entry)) for entry in entries) or loose
    if loose:
        for folder, folders, files in os.walk(root):
            for name in (*folders, *files):
                _close(Path(folder, name))


def _belongs_to_more(root: Path) -> bool:
    """A folder for all users, such as /tmp: only what the product makes in it is its own."""
    return bool(root.stat().st_mode & stat.S_ISVTX) or root == Path(root.anchor)


def _close(path: Path) -> bool:
    """Take the rights of others away; whether there were any."""
    try:
        found = path.lstat()
        # a link has no rights of its own, and where it leads is not ours to change
        is_ours = stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)
        if not is_ours or not found.st_mode & _OTHERS:
            return False
        path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
    # another process has just taken it away; or it belongs to another user, who alone can close it
    except (FileNotFoundError, PermissionError):
        return False
    return True
