"""What is watched, and a port or a host that cannot be used."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from watchfiles import Change

import build as story
from ginn.devserver.watcher import SourceFilter, changes, watched_folders
from ginn.errors import AuthorError


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    """A folder, a file, and a file that does not exist yet, beside a folder that is no source."""
    (tmp_path / "articles/deep").mkdir(parents=True)
    (tmp_path / "site").mkdir()
    (tmp_path / "report.toml").write_text("1")
    return [tmp_path / name for name in ("articles", "report.toml", "glossary.toml")]


@pytest.mark.parametrize(
    ("name", "accepted"),
    [
        ("articles/index.md", True),
        ("articles/deep/a.css", True),
        ("report.toml", True),
        ("glossary.toml", True),
        ("site/index.html", False),
        ("report.toml.orig", False),
        ("articles/.index.md.swp", False),
        ("articles/index.md~", False),
        ("articles/#index.md#", False),
        ("articles/__pycache__/a.pyc", False),
    ],
)
def test_source_filter_accepts_sources_and_no_temporary_files(
    sources: list[Path], tmp_path: Path, name: str, accepted: bool
) -> None:
    assert SourceFilter(tuple(sources))(Change.modified, str(tmp_path / name)) == accepted


def test_watched_folders_cover_absent_sources_and_none_twice(
    sources: list[Path], tmp_path: Path
) -> None:
    assert watched_folders(sources) == (tmp_path,)
    assert watched_folders(sources[:1]) == (tmp_path / "articles",)


def test_watched_folders_without_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="found no such folder"):
        watched_folders([tmp_path / "absent/report.toml"])


def test_changes_reports_each_save_and_nothing_else(sources: list[Path], tmp_path: Path) -> None:
    reported = changes(sources)
    assert next(reported) == set()
    for name in ("articles/index.md", "glossary.toml", "report.toml"):
        (tmp_path / "site/index.html").write_text("built")
        (tmp_path / name).write_text("saved")
        assert next(filter(None, reported)) == {(tmp_path / name).resolve()}
    (tmp_path / "report.toml").unlink()
    assert next(filter(None, reported)) == {(tmp_path / "report.toml").resolve()}


def test_serve_with_a_port_that_is_taken_is_refused_before_building(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        places = ("--site", str(tmp_path / "site"), "--cache", str(tmp_path / "cache"))
        assert story.main(["--draft", "--serve", str(port), *places]) == 2
    output = capsys.readouterr()
    assert output.err.startswith(f"build.py: error: --serve: found port {port}, which cannot be ")
    assert "allowed: a free port" in output.err
    assert output.err.count("\n") == 1
    assert output.out == ""
    assert list(tmp_path.iterdir()) == []


def test_serve_on_a_host_that_is_not_this_machine_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = ("--site", str(tmp_path / "site"), "--cache", str(tmp_path / "cache"))
    assert story.main(["--draft", "--serve", "0", "--host", "192.0.2.1", *places]) == 2
    assert capsys.readouterr().err.startswith("build.py: error: --host: found '192.0.2.1', which ")
    assert list(tmp_path.iterdir()) == []


def test_host_without_serve_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        story.main(["--host", "0.0.0.0"])
    assert stopped.value.code == 2
    assert "argument --host: found no --serve" in capsys.readouterr().err
