"""The definitions that ship, and the sample company's over them. Not here: what they must be (tests)."""

from pathlib import Path

from models.definitions import Definitions, load_definitions

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "kpi_definitions"
SAMPLE = FOLDER / "sample"
FILES = sorted([*FOLDER.glob("kpis/*.yaml"), *FOLDER.glob("roles/*.yaml"), FOLDER / "grades.yaml"])
OVERLAY = sorted((SAMPLE / "kpi_definitions").glob("*.yaml"))


def texts(files: list[Path]) -> dict[str, str]:
    return {str(f.relative_to(ROOT)): f.read_text(encoding="utf-8") for f in files}


def shipped() -> Definitions:
    return load_definitions(texts(FILES))


DEFINITIONS = shipped()
SAMPLE_DEFINITIONS = load_definitions(texts(FILES), texts(OVERLAY))
