"""`kpi init`: an empty company folder with remarks, ready to fill in."""

import argparse
from pathlib import Path

from connectors.file_drop import write_templates


def init(chosen: argparse.Namespace) -> int:
    """Write the folder; nothing that exists is overwritten."""
    folder = Path(chosen.folder)
    for path in write_templates(folder):
        print(path)
    print(f"\nNext: fill them in, then `kpi lint --company {folder}`")
    return 0
