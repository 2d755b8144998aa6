"""The preview as a process: files saved during a long training, and the lines on the terminal."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from support.killing import copy_content
from support.paths import ROOT, rewrite

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="needs SIGTERM"),
]

PATIENCE = 120.0  # s, for a busy machine
SHORT, LONG = "iterations = 60\n", "iterations = 90_000_000\n"
HEADING = "## How it got there"


@dataclass
class Server:
    """A server of a small report, the lines that it wrote, and the last state that it sent."""

    content: Path
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    states: list[dict[str, Any]] = field(default_factory=list)
    address: str = ""

    def follow(self) -> None:
        """Read the terminal's lines and the events, each in a thread."""
        threading.Thread(target=self._read_lines, daemon=True).start()
        self.wait(lambda: self.address)
        threading.Thread(target=self._read_events, daemon=True).start()

    def _read_lines(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("Serving "):
                self.address = line.split()[1]

    def _read_events(self) -> None:
        with urllib.request.urlopen(f"{self.address}_serve/events") as stream:
            for line in stream:
                if line.startswith(b"data: "):
                    self.states.append(json.loads(line.removeprefix(b"data: ")))

    def wait(self, condition: Callable[[], object]) -> None:
        """Wait until a condition holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, (self.lines, self.states[-1:])
            assert self.process.poll() is None, self.lines
            time.sleep(0.02)

    def page(self) -> str:
        """The first page as it is now."""
        return str(urllib.request.urlopen(self.address).read().decode())

    def change(self, file: str, old: str, new: str) -> None:
        """Save a file of the content with `new` in place of `old`."""
        rewrite(self.content / file, (old, new))

    def built(self) -> int:
        """How many builds have ended."""
        return sum("shows the new site" in line for line in self.lines)

    def running(self) -> str:
        """The stage of the build that runs, or "" if none does."""
        build = self.states[-1]["build"] if self.states else None
        return str(build["stage"]) if build else ""


def data_of(page: str) -> set[str]:
    """The files of the viewer's data that a page names; their names have digests."""
    return set(re.findall(r"data/[\w.-]+\.js", page))


@contextmanager
def served(content: Path, cache: Path) -> Iterator[Server]:
    """The server of a folder of content, once it has an address."""
    process = subprocess.Popen(
        [sys.executable, "build.py", "--draft", "--jobs", "1", "--serve", "0",
         "--content", str(content), "--cache", str(cache)],
        cwd=ROOT, text=True, encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    made = Server(content, process)
    try:
        made.follow()
        yield made
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server, after its first build. A test that changes a file changes it back."""
    folder = tmp_path_factory.mktemp("served")
    with served(copy_content(folder / "content"), folder / "cache") as made:
        made.wait(made.built)
        yield made


def test_prose_saved_during_a_long_training_shows_with_the_last_results(server: Server) -> None:
    built = server.built()
    server.change("report.toml", SHORT, LONG)
    server.wait(lambda: server.running() in ("screening", "full-runs"))
    old = server.page()
    server.change("articles/index.md", HEADING, "## Said meanwhile")
    server.wait(lambda: "Said meanwhile" in server.page())
    # The pages still have the results of the last build, and the training goes on.
    assert data_of(server.page()) == data_of(old) != set()
    assert server.running() in ("screening", "full-runs")
    assert server.built() == built
    # A mistake in an article is shown, and does not end the training either.
    server.change("articles/index.md", "## Said meanwhile", "{{ facts.absent }}")
    server.wait(lambda: "index.md" in server.states[-1]["mistake"])
    assert server.running() in ("screening", "full-runs")
    server.change("articles/index.md", "{{ facts.absent }}", "## Said at last")
    server.wait(lambda: not server.states[-1]["mistake"] and "Said at last" in server.page())
    # The old settings are back: the training ends at once, and their results are in the cache.
    server.change("report.toml", LONG, SHORT)
    server.wait(lambda: server.built() == built + 1)
    assert server.running() == ""
    assert "Said at last" in server.page()
    server.change("articles/index.md", "## Said at last", HEADING)
    server.wait(lambda: server.built() == built + 2)


def test_settings_saved_during_a_training_begin_the_build_anew(server: Server) -> None:
    built = server.built()
    server.change("report.toml", SHORT, LONG)
    server.wait(lambda: server.running() in ("screening", "full-runs"))
    server.change("report.toml", LONG, "iterations = 0\n")
    server.wait(lambda: "iterations" in server.states[-1]["mistake"])
    assert server.running() == ""
    server.change("report.toml", "iterations = 0\n", SHORT)
    server.wait(lambda: server.built() == built + 1)


def test_prose_saved_during_the_first_training_is_in_its_pages(tmp_path: Path) -> None:
    content = copy_content(tmp_path / "content")
    rewrite(content / "report.toml", (SHORT, "iterations = 100_000\n"))
    with served(content, tmp_path / "cache") as server:
        server.wait(lambda: server.running() in ("screening", "full-runs"))
        server.change("articles/index.md", HEADING, "## Said meanwhile")
        server.wait(server.built)
        assert "Said meanwhile" in server.page()


def test_save_writes_at_most_three_lines(server: Server) -> None:
    for file, old, new in (
        ("articles/index.md", HEADING, "## Other words"),
        ("articles/index.md", "## Other words", "{{ facts.absent }}"),
        ("articles/index.md", "{{ facts.absent }}", HEADING),
    ):
        before = len(server.lines)
        server.change(file, old, new)
        server.wait(lambda start=before: any("shows" in line for line in server.lines[start:]))
        assert len(server.lines) - before <= 3, server.lines[before:]
        assert server.lines[before] == "changed: index.md"
