"""How a build reports what it does: a bar on a terminal, and lines where there is none.

Without a terminal, a stage writes a line when it begins and a line when it ends. Between them it
writes at most one line in thirty seconds, with the share that is done and the estimated time left.
A quiet reporter, for builds at every save, writes neither the first nor the last line of a stage.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tqdm import tqdm

EVERY = 30.0  # s between two lines of one stage


class SupersededError(Exception):
    """A build has to begin anew, since its sources have changed."""


def write_line(line: str) -> None:
    """Write one line to standard output, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _ignore(stage: str, share: float) -> None:
    """Do nothing with what a stage reports."""


@dataclass(frozen=True)
class Reporter:
    """Reports stages. `terminal` is whether standard error is a terminal; None checks it.

    `listen` is given each stage's name and the share of it that is done, from 0 to 1: when it
    begins and after each amount. It may raise an exception to end the build.
    """

    terminal: bool | None = None
    write: Callable[[str], None] = write_line
    clock: Callable[[], float] = time.monotonic
    listen: Callable[[str, float], None] = _ignore
    quiet: bool = False

    def heading(self, title: str) -> None:
        """Write the title of an experiment or a variant, whose stages follow."""
        if not self.quiet:
            self.write(f"\n{title}")

    @contextlib.contextmanager
    def stage(self, name: str, count: int, total: int = 0) -> Iterator[Callable[[int], object]]:
        """Yield a function that takes each amount that is done. The stage ends with the block.

        `count` results are made. `total` is the sum of all amounts if it differs from `count`.
        """
        self.listen(name, 0.0)
        done = 0
        with self._shown(name, count, total or count) as show:

            def add(amount: int) -> None:
                nonlocal done
                done += amount
                show(amount)
                self.listen(name, done / (total or count))

            yield add

    @contextlib.contextmanager
    def _shown(self, name: str, count: int, total: int) -> Iterator[Callable[[int], object]]:
        """Yield a function that shows each amount, as a bar or as lines."""
        terminal = sys.stderr.isatty() if self.terminal is None else self.terminal
        if terminal:
            with tqdm(desc=name, total=total, unit_scale=True, leave=False) as bar:
                yield bar.update
            return
        begun = self.clock()
        if not self.quiet:
            self.write(f"{name}: begun, {count:,} to make")
        yield _Lines(name, total, begun, self).add
        if not self.quiet:
            self.write(f"{name}: done in {self.clock() - begun:.1f} s")


class _Lines:
    """The lines of a stage while it runs."""

    def __init__(self, name: str, total: int, begun: float, reporter: Reporter) -> None:
        self.name, self.total, self.begun, self.reporter = name, total, begun, reporter
        self.done, self.written = 0, begun

    def add(self, amount: int) -> None:
        """Add an amount that is done. Write a line if the last one is EVERY seconds old."""
        self.done += amount
        now = self.reporter.clock()
        if now - self.written >= EVERY and 0 < self.done < self.total:
            self.written = now
            left = (now - self.begun) * (self.total - self.done) / self.done
            self.reporter.write(
                f"{self.name}: {self.done / self.total:.0%} done, about {in_words(left)} left"
            )


def in_words(seconds: float) -> str:
    """A time in words: "40 s", "12 min" or "3 h 05 min"."""
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"
