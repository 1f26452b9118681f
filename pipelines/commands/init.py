"""`kpi init`: an empty company folder with remarks, ready to fill in."""

from pathlib import Path

import click


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init(folder: Path) -> int:
    """Write a company folder with remarks in every file.

    Nothing that exists is overwritten.
    """
    from connectors.file_drop import write_templates

    for path in write_templates(folder):
        print(path)
    print(f"\nNext: fill them in, then `kpi lint --company {folder}`")
    return 0
