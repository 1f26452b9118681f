"""Files that are there whole or not at all."""

from pathlib import Path

import pytest

from models.whole_file import PRIVATE, give_name, write_lines, write_whole


def test_a_file_gets_its_content_its_mode_and_its_folder(tmp_path: Path) -> None:
    path = write_whole(tmp_path / "new" / "a.txt", b"one", mode=PRIVATE)

    assert path.read_bytes() == b"one"
    assert path.stat().st_mode & 0o777 == 0o600
    assert write_whole(path, b"two").stat().st_mode & 0o777 == 0o644
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]


def test_lines_end_with_a_line_feed_each(tmp_path: Path) -> None:
    assert write_lines(tmp_path / "a.ndjson", iter(["{}", "空"])).read_bytes() == "{}\n空\n".encode()


def test_a_failure_half_way_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = write_whole(tmp_path / "a.txt", b"old")

    def lines() -> object:
        yield "new"
        raise ValueError("the source ended")

    with pytest.raises(ValueError, match="the source ended"):
        write_lines(path, lines())  # type: ignore[arg-type]

    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_finished_file_is_given_its_name(tmp_path: Path) -> None:
    part = tmp_path / ".part"
    part.write_bytes(b"whole")

    assert give_name(part, tmp_path / "a.txt", mode=PRIVATE).read_bytes() == b"whole"
    assert not part.exists()
