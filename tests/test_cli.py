"""The command line: exit codes, and one line for whatever ends a build."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.paths import ROOT, STARTER
from watchfiles import Change

from ginn import cli
from ginn.cli import Options
from ginn.devserver import watcher
from ginn.errors import AuthorError
from ginn.files import TEMPLATES
from ginn.pipeline.preview import Preview
from ginn.runtime import faults, output_dir


def failing(error: BaseException) -> cli.Build:
    def build(options: Options, preview: Preview | None = None) -> None:
        raise error

    return build


def no_channel() -> Any:
    """A channel to the server that nothing uses here."""
    return None


@pytest.fixture(autouse=True)
def details_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The details of faults go into a folder of the test."""
    monkeypatch.setattr(faults.tempfile, "tempdir", str(tmp_path))


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (AuthorError("x", "y"), 2, "build.py: error: found x, allowed: y\n"),
        (OSError(28, "No space left on device", "f"), 2, "f: No space left on device\n"),
        (MemoryError(), 2, "found too little memory"),
        (KeyError("x"), 70, "build.py: a fault of the program, not of your report (KeyError)"),
        (RecursionError(), 70, "a fault of the program"),
        (KeyboardInterrupt(), 130, "stopped"),
    ],
)
def test_main_whatever_ends_a_build_is_one_line(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(failing(error), []) == code
    message = capsys.readouterr().err
    # A test before this one may have reported that it was stopped, which is said once.
    assert said in message or code == 130
    assert message.count("\n") <= 1
    assert "Traceback" not in message


def test_attempt_build_of_a_fault_gives_its_details_and_prints_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = cli.attempt_build(failing(KeyError("x")), cli.parse([]), Preview(no_channel()))
    assert isinstance(found, str)
    assert "KeyError: 'x'" in found
    message = capsys.readouterr().err
    assert "a fault of the program" in message
    assert message.count("\n") == 1


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The program in a process of its own, in a folder of its own."""
    given = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, str(ROOT / "build.py"), *arguments]
    return subprocess.run(
        command, cwd=folder, env=given | environment, capture_output=True, check=False
    )


def test_serve_watches_every_file_that_a_build_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = shutil.copytree(STARTER, tmp_path / "content")
    (content / "library.bib").touch()
    watched: list[Path] = []
    monkeypatch.setattr(watcher, "keep_building", lambda sources, *_: watched.extend(sources))
    picture = tmp_path / "cat.png"
    options = ["--serve", "--content", str(content), "--picture", str(picture)]
    assert cli.main(failing(AssertionError()), options) == 0
    accepted = watcher.SourceFilter(tuple(watched))
    read = (
        *("report.toml", "bibliography.toml", "bibliography.bib", "library.bib", "glossary.toml"),
        *("articles/index.md", "pictures/a.png", "static/CNAME", "words/en.toml"),
    )
    for path in (*(content / name for name in read), picture, TEMPLATES / "style.css"):
        assert accepted(Change.modified, str(path)), path
    assert not accepted(Change.modified, str(content / "site/index.html"))


def test_main_writes_to_a_stream_of_another_encoding(tmp_path: Path) -> None:
    ended = run(tmp_path, "--new", "Bär ρ", PYTHONIOENCODING="cp1252")
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"B\xe4r ?" in ended.stdout
    assert (tmp_path / "Bär ρ/report.toml").is_file()


def test_check_site_without_a_home_folder_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(output_dir.Path, "home", no_home)
    assert output_dir.check_site(tmp_path / "site") == tmp_path / "site"


def test_main_with_check_finds_mistakes_and_builds_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(STARTER, tmp_path / "report")
    options = ["--check", "--content", str(tmp_path / "report")]
    before = sorted(tmp_path.rglob("*"))
    never = failing(AssertionError("built"))
    assert cli.main(never, options) == 0
    assert "No mistake found" in capsys.readouterr().out
    article = tmp_path / "report/articles/index.md"
    text = article.read_text(encoding="utf-8")
    article.write_text(f"{text}\n{{{{ evidence('Copicats') }}}}\n", encoding="utf-8")
    assert cli.main(never, options) == 2
    message = capsys.readouterr().err
    assert message.startswith(f"build.py: error: {article}:{len(text.splitlines()) + 2}: ")
    assert "'Copicats', allowed: " in message
    assert sorted(tmp_path.rglob("*")) == before
