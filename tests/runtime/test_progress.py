"""What a build reports where its output is no terminal, with a clock of the test's own."""

from __future__ import annotations

import subprocess
import sys

import pytest
from support.paths import ROOT

from ginn.runtime.progress import Reporter, in_words


class Clock:
    """A clock whose time passes only when the test adds to `now`."""

    def __init__(self) -> None:
        """Begin at any time."""
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_stage_reports_begin_and_end_with_seconds() -> None:
    lines: list[str] = []
    clock = Clock()
    with Reporter(False, lines.append, clock).stage("motion", 4) as progress:
        assert lines == ["motion: begun, 4 to make"]
        clock.now += 12.34
        progress(4)
    assert lines[1:] == ["motion: done in 12.3 s"]


def test_stage_reports_how_far_it_is_at_most_every_thirty_seconds() -> None:
    lines: list[str] = []
    clock = Clock()
    with Reporter(False, lines.append, clock).stage("full-runs", 40, 4_000) as progress:
        for _ in range(399):
            clock.now += 1
            progress(10)
    between = lines[1:-1]
    assert len(between) == 399 // 30
    assert between[0] == "full-runs: 8% done, about 6 min left"
    assert between[-1] == "full-runs: 98% done, about 10 s left"


def test_stage_of_a_quiet_reporter_writes_only_the_lines_between() -> None:
    lines: list[str] = []
    clock = Clock()
    reporter = Reporter(False, lines.append, clock, quiet=True)
    reporter.heading("Wider")
    with reporter.stage("full-runs", 40, 400) as progress:
        assert lines == []
        clock.now += 31
        progress(100)
    assert lines == ["full-runs: 25% done, about 93 s left"]


def test_stage_tells_its_listener_every_share() -> None:
    told: list[tuple[str, float]] = []
    reporter = Reporter(False, lambda line: None, listen=lambda *what: told.append(what))
    with reporter.stage("full-runs", 2, 400) as progress:
        progress(100)
        progress(300)
    assert told == [("full-runs", 0.0), ("full-runs", 0.25), ("full-runs", 1.0)]


def test_stage_that_fails_reports_no_end() -> None:
    lines: list[str] = []
    with pytest.raises(ZeroDivisionError), Reporter(False, lines.append).stage("motion", 4):
        raise ZeroDivisionError
    assert lines == ["motion: begun, 4 to make"]


def test_stage_on_a_terminal_has_a_bar_and_no_lines(capsys: pytest.CaptureFixture[str]) -> None:
    lines: list[str] = []
    with Reporter(True, lines.append).stage("motion", 4) as progress:
        progress(4)
    assert lines == []
    assert "motion: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "0 s"), (99.4, "99 s"), (100, "2 min"), (3_570, "1 h 00 min"), (11_100, "3 h 05 min")],
)
def test_in_words_is_short(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def test_lines_reach_a_pipe_while_the_stage_runs() -> None:
    program = """
import sys
from ginn.runtime.progress import Reporter
with Reporter().stage("motion", 1):
    sys.stdin.readline()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == "motion: begun, 1 to make\n"
    out, err = process.communicate("\n")
    assert out.startswith("motion: done in ")
    assert err == ""
