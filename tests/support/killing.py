"""A small report, and builds of it that are killed at a chosen moment."""

from __future__ import annotations

import functools
import hashlib
import os
import random
import re
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import build
from support.paths import ROOT, rewrite

DONE = "done before its time"
TINY = [
    ("pixels = 160", "pixels = 24"),
    ("widths = [16, 16]", "widths = [3, 2]"),
    ("seeds = 4\niterations = 10_000\nsnapshots = 60", "seeds = 2\niterations = 60\nsnapshots = 4"),
]
CHANGES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree"}
# A build in a fork of this process need not load libraries and compile code first. Elsewhere than
# on Linux, a fork is not safe with the libraries that this process has loaded.
FORKED: BaseContext = get_context("fork" if sys.platform == "linux" else "spawn")
# A build in a fresh process, with a worker.
FRESH: BaseContext = get_context("spawn")


def run_build(last: int, place: Path, options: Sequence[str], counted: Connection) -> None:
    """Run a build that kills its own process at change number `last` of a folder, if there is one.

    Then `counted` is given the number of changes.
    """
    count = 0

    # Python calls an audit hook before it opens, renames or removes a file.
    def count_change(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if event == "ctypes.dlsym":
            changes = arguments[1] == "renameat2"
        elif event == "open" or event in CHANGES:
            path = arguments[0]
            changes = isinstance(path, (str, bytes, os.PathLike))
            changes = changes and str(place) in os.path.realpath(os.fsdecode(path))
            if event == "open":
                changes = changes and bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))
        else:
            changes = False
        if changes:
            count += 1
            if count == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count_change)
    assert build.main(options) == 0
    counted.send(count)


def copy_content(folder: Path) -> Path:
    """A report that builds in a second or two."""
    shutil.copytree(ROOT / "templates/starter", folder)
    rewrite(folder / "report.toml", *TINY)
    return folder


def digest(folder: Path) -> dict[str, str]:
    """The digest of every file in a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def stages(output: str) -> dict[str, bool]:
    """Whether each stage of a build's summary was made again; it must name many."""
    rows = re.findall(r"(?m)^([a-z][a-z -]*?) +(\d+) +\d+ ", output)
    assert len(rows) >= 7
    return {name: int(made) > 0 for name, made in rows}


def made_again(output: str) -> set[str]:
    """The stages that a build has made again."""
    return {name for name, again in stages(output).items() if again}


@dataclass
class Killings:
    """Builds of one report that are killed and restarted.

    `survived` counts the builds with the right result, by the kind of kill.
    """

    root: Path
    survived: dict[str, int] = field(default_factory=dict)
    replaced: int = 0
    bytes: int = 0

    def __post_init__(self) -> None:
        """Build an old and a new site without kills, and keep the files of both."""
        self.content = copy_content(self.root / "content")
        self.site, self.cache = self.root / "place/site", self.root / "place/cache"
        article = self.content / "articles/index.md"
        new = article.read_text(encoding="utf-8")
        article.write_text(new.replace("How it got there", "How it went"), encoding="utf-8")
        self.build()
        self.old = digest(self.site)
        shutil.copytree(self.site, self.root / "old")
        article.write_text(new, encoding="utf-8")
        shutil.rmtree(self.cache)
        self.writes = {"nothing": self.count()}
        self.new = digest(self.site)
        assert self.old.keys() == self.new.keys()
        assert self.old != self.new
        # Everything except the pages and the measurements, which are written after the training.
        self.kept = self.root / "kept"
        shutil.copytree(self.cache, self.kept)
        for stage in ("pages", "boundary-chunks", "named-snapshots", "outcomes", "motion"):
            shutil.rmtree(self.kept / stage)
        self.prepare("training")
        self.writes["training"] = self.count()

    @functools.cached_property
    def seconds(self) -> dict[str, float]:
        """The seconds of a build in a fresh process, by what the cache contains at first."""
        found = {}
        for kept in self.writes:
            self.prepare(kept)
            begun = time.perf_counter()
            self.count(FRESH)
            found[kept] = time.perf_counter() - begun
        return found

    def options(self) -> list[str]:
        """The options of the build."""
        places = ("--content", self.content, "--site", self.site, "--cache", self.cache)
        return ["--draft", "--jobs", "1", *map(str, places)]

    def build(self) -> None:
        """Run a build without a kill."""
        assert build.main(self.options()) == 0

    def prepare(self, kept: str) -> None:
        """Restore the old site, and a cache that is empty or contains early results."""
        shutil.rmtree(self.site.parent)
        shutil.copytree(self.root / "old", self.site)
        if kept == "training":
            shutil.copytree(self.kept, self.cache)

    def start(self, last: int, context: BaseContext) -> tuple[BaseProcess, Connection]:
        """A build in its own process, which ends itself at change number `last`."""
        receiving, sending = context.Pipe(duplex=False)
        place = Path(os.path.realpath(self.site.parent))
        given = (last, place, self.options(), sending)
        process = context.Process(target=run_build, args=given)  # type: ignore[attr-defined]
        process.start()
        return process, receiving

    def count(self, context: BaseContext = FORKED) -> int:
        """The number of changes to the disk in a whole build."""
        process, counted = self.start(0, context)
        process.join()
        assert process.exitcode == 0
        return int(counted.recv())

    def check(self, way: str) -> None:
        """Check that a kill leaves one whole site, and a restart makes the new site alone."""
        found = digest(self.site)
        assert found in (self.old, self.new), "the site is the old one or the new one"
        self.replaced += found == self.new and way != DONE
        self.build()
        assert digest(self.site) == self.new
        self.bytes += sum(path.stat().st_size for path in self.site.rglob("*") if path.is_file())
        about = {path.name for path in self.site.parent.iterdir()}
        assert about <= {"site", "cache", ".site.lock", ".site.lock.holder"}
        assert not list(self.cache.rglob("*.part"))
        self.survived[way] = self.survived.get(way, 0) + 1

    def at_write(self, kept: str, number: int) -> None:
        """Kill a build at a change to the disk."""
        self.prepare(kept)
        process, _ = self.start(number, FORKED)
        process.join()
        assert process.exitcode == -signal.SIGKILL
        self.check(f"at a write, with {kept} kept")

    def at_time(self, kept: str, seconds: float) -> None:
        """Kill a build after some time. A build that finished before is not counted as killed."""
        self.prepare(kept)
        process, _ = self.start(0, FRESH)
        process.join(seconds)
        way = f"by time, with {kept} kept" if process.is_alive() else DONE
        process.kill()
        process.join()
        self.check(way)

    def moments(self, count: int, seed: int) -> Iterator[tuple[str, str, float]]:
        """The `count` moments of kills: alternately at a write and after a time.

        The cache is alternately empty and not empty. The writes are spread over a whole build. The
        times are random within the length of a build.
        """
        generator = random.Random(seed)
        for number in range(count):
            kept = ("nothing", "training")[number // 2 % 2]
            if number % 2:
                yield "time", kept, generator.uniform(0.2, self.seconds[kept])
            else:
                part = (number // 4 + generator.random()) / max(-(-count // 4), 1)
                yield "write", kept, 1 + min(int(part * self.writes[kept]), self.writes[kept] - 1)

    def kill(self, count: int, seed: int = 0) -> Iterator[int]:
        """Kill and restart `count` builds; yields the number of builds killed so far."""
        for way, kept, when in self.moments(count, seed):
            if way == "write":
                self.at_write(kept, int(when))
            else:
                self.at_time(kept, when)
            yield self.killed

    @property
    def killed(self) -> int:
        """The number of builds that were killed and then restarted with the right result."""
        return sum(n for way, n in self.survived.items() if way != DONE)
