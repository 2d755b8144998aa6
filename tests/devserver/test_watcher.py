"""What is looked at, the process that builds, and a port that is taken."""

from __future__ import annotations

import multiprocessing
import os
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import build as story
from ginn.devserver.watcher import Builder, look


def test_a_save_is_seen_and_what_editors_keep_beside_it_is_not(tmp_path: Path) -> None:
    folder, file = tmp_path / "articles", tmp_path / "report.toml"
    (folder / "deep").mkdir(parents=True)
    file.write_text("1")
    watched = [folder, file, tmp_path / "absent.toml"]
    before = look(watched)
    assert set(before) == {file}
    for name in (".index.md.swp", "index.md~", "#index.md#", "__pycache__/a.pyc"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("2")
    assert look(watched) == before
    for number, path in enumerate((folder / "index.md", folder / "deep/a.css", watched[2]), 2):
        path.write_text("3")
        assert len(look(watched)) == number
    before = look(watched)
    # Even where the clock stands still.
    (folder / "index.md").write_text("longer")
    os.utime(folder / "index.md", ns=(before[folder / "index.md"][0],) * 2)
    assert look(watched) != before
    (folder / "deep/a.css").unlink()
    assert len(look(watched)) == 3


def attempt(folder: Path) -> str:
    """A build that says which process it was, or comes to the end that it is told to."""
    fate = (folder / "fate").read_text()
    if fate == "die":
        os._exit(3)
    if fate == "raise":
        raise ZeroDivisionError("no <such> thing")
    return str(os.getpid())


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[Builder]:
    (tmp_path / "fate").write_text("")
    (tmp_path / "code").mkdir()
    made = Builder(partial(attempt, tmp_path), [tmp_path / "code"])
    yield made
    made.stop()
    assert not multiprocessing.active_children()


def test_one_process_builds_until_the_program_changes(builder: Builder, tmp_path: Path) -> None:
    first = builder.build()
    assert first == str(builder.process.pid)
    assert builder.build() == first
    (tmp_path / "code/room.py").write_text("")
    second = builder.build()
    assert second != first
    assert builder.build() == second


def test_an_error_of_the_program_is_told_and_the_next_build_goes_on(
    builder: Builder, tmp_path: Path
) -> None:
    (tmp_path / "fate").write_text("raise")
    told = builder.build()
    assert told.startswith("Traceback (most recent call last)")
    assert "ZeroDivisionError: no <such> thing" in told
    (tmp_path / "fate").write_text("")
    assert builder.build().isdecimal()


def test_a_process_that_dies_is_told_and_replaced(builder: Builder, tmp_path: Path) -> None:
    (tmp_path / "fate").write_text("die")
    assert "ended with exit code 3" in builder.build()
    (tmp_path / "fate").write_text("")
    assert builder.build().isdecimal()


def test_a_port_that_is_taken_is_said_before_anything_is_built(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        places = ("--site", str(tmp_path / "site"), "--cache", str(tmp_path / "cache"))
        assert story.main(["--draft", "--serve", str(port), *places]) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"build.py: error: --serve: port {port} cannot be used: found ")
    assert "allowed: " in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert list(tmp_path.iterdir()) == []
