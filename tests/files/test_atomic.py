from __future__ import annotations

import stat
from pathlib import Path

import pytest

from rolenlp.errors import InputError
from rolenlp.files.atomic import OutputFile, write_whole
from rolenlp.files.use import check_place


def test_a_file_is_written_whole_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"old")
    path.chmod(0o600)
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_not_committed_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"old")
    file = OutputFile(path)
    file.stream.write(b"half")
    assert len(list(tmp_path.iterdir())) == 2
    file.discard()
    file.discard()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_goes_on_pointing_where_it_did(tmp_path: Path) -> None:
    link = tmp_path / "link"
    (tmp_path / "real").write_bytes(b"old")
    link.symlink_to("real")
    write_whole(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "is a directory; name a file in it"),
        ("nowhere/out", "there is no directory"),
        ("file/out", "there is no directory"),
        ("/dev/null", "is not a regular file"),
    ],
)
def test_an_unfit_place_is_refused(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / name
    for use in (check_place, lambda path: write_whole(path, b"")):
        with pytest.raises(InputError, match=says):
            use(path)
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_fit_place_is_not_touched(tmp_path: Path) -> None:
    check_place(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_minus_is_stdout(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write_whole("-", b"data")
    assert capfdbinary.readouterr().out == b"data"
