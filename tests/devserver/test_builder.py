"""The process that builds: its results, its faults, and what it sends while it builds."""

from __future__ import annotations

import multiprocessing
import os
import queue
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ginn.devserver.builder import Builder, Channel, Ended, Failure, Progress, Shown
from ginn.errors import AuthorError


def begin(folder: Path, channel: Channel) -> Callable[[], AuthorError | None]:
    """The function that builds in the builder's process."""
    return partial(attempt, folder, channel)


def attempt(folder: Path, channel: Channel) -> AuthorError | None:
    """A build that ends as the file `end` says. Its AuthorError contains the process id."""
    end = (folder / "end").read_text()
    if end == "exit":
        os._exit(3)
    if end == "raise":
        raise ZeroDivisionError("no <such> thing")
    if end == "wait":
        channel.report("a-stage", 0.5)
        while not channel.changed():
            time.sleep(0.01)
        channel.show(None)
    return AuthorError(str(os.getpid()), path=folder) if end == "mistake" else None


@dataclass
class Building:
    """A builder, and what it has sent."""

    builder: Builder
    events: queue.SimpleQueue[Any]

    def build(self) -> Failure | None:
        """The result of a build."""
        self.builder.request()
        ended = self.events.get(timeout=60)
        assert isinstance(ended, Ended)
        return ended.failure


@pytest.fixture
def building(tmp_path: Path) -> Iterator[Building]:
    (tmp_path / "end").write_text("mistake")
    events: queue.SimpleQueue[Any] = queue.SimpleQueue()
    made = Building(Builder(partial(begin, tmp_path), events), events)
    yield made
    made.builder.stop()
    assert not multiprocessing.active_children()
    assert events.empty()


def test_builder_until_restarted_builds_in_one_process(building: Building) -> None:
    first = [str(building.build()) for _ in range(2)]
    assert first[0] == first[1]
    assert str(building.builder.process.pid) in first[0]
    building.builder.restart()
    assert str(building.builder.process.pid) in str(building.build())
    assert str(building.build()) != first[0]


def test_builder_with_a_mistake_returns_its_parts(building: Building, tmp_path: Path) -> None:
    mistake = building.build()
    assert isinstance(mistake, AuthorError)
    assert (mistake.found, mistake.path) == (str(building.builder.process.pid), tmp_path)


def test_builder_with_a_fault_returns_the_account_and_goes_on(
    building: Building, tmp_path: Path
) -> None:
    (tmp_path / "end").write_text("raise")
    account = building.build()
    assert isinstance(account, str)
    assert account.startswith("Traceback (most recent call last)")
    assert "ZeroDivisionError: no <such> thing" in account
    (tmp_path / "end").write_text("well")
    assert building.build() is None


def test_builder_whose_process_exits_says_so_and_replaces_it(
    building: Building, tmp_path: Path
) -> None:
    (tmp_path / "end").write_text("exit")
    assert "ended with exit code 3" in str(building.build())
    (tmp_path / "end").write_text("well")
    assert building.build() is None


def test_builder_asked_again_during_a_build_tells_the_build(
    building: Building, tmp_path: Path
) -> None:
    (tmp_path / "end").write_text("wait")
    building.builder.request()
    assert building.events.get(timeout=60) == Progress("a-stage", 0.5)
    with pytest.raises(queue.Empty):
        building.events.get(timeout=0.3)
    building.builder.request()
    assert [building.events.get(timeout=60) for _ in range(2)] == [Shown(None), Ended(None)]


def test_builder_restarted_during_a_build_sends_nothing_more_of_it(
    building: Building, tmp_path: Path
) -> None:
    (tmp_path / "end").write_text("wait")
    building.builder.request()
    assert isinstance(building.events.get(timeout=60), Progress)
    (tmp_path / "end").write_text("well")
    building.builder.restart()
    assert building.build() is None
