"""Ctrl-C and SIGTERM at any moment of a build: a quick end, one line, and nobody left behind."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support.killing import digest
from support.paths import ROOT

import build as story
from ginn.runtime import signals

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

LIMIT = 2.0  # s on a machine that has no more to do than it has cores
PATIENCE = 120.0  # s until the moment has come
MARK = "GINN_TEST_MARK"
PARENT_INT, GROUP_INT, PARENT_TERM, GROUP_TERM = WAYS = (
    "Ctrl-C to the parent", "Ctrl-C to all", "SIGTERM to the parent", "SIGTERM to all",
)  # fmt: skip


@dataclass
class Report:
    """A report whose draft was built once, with the site and the finished work of that."""

    root: Path
    took: dict[str, list[float]] = field(default_factory=dict)

    @property
    def site(self) -> Path:
        return self.root / "content/site"

    def build(self) -> None:
        assert story.main(["--draft", *self.places(self.root / "kept")]) == 0

    def places(self, cache: Path) -> list[str]:
        return ["--content", str(self.root / "content"), "--cache", str(cache), "--jobs", "2"]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    made = Report(tmp_path_factory.mktemp("stopping"))
    content = made.root / "content"
    shutil.copytree(ROOT / "templates/starter", content)
    file = content / "report.toml"
    text = file.read_text(encoding="utf-8")
    # Trained in full it takes longer than any test waits; a draft is a matter of seconds.
    for old, new in (
        ("iterations = 200_000", "iterations = 20_000_000"), ("200_000, 2_000]", "200_000, 2_000],"
        " [10_000_000, 20_000_000, 10_000_000]"), ("pixels = 160", "pixels = 64"),
        ("iterations = 10_000\nsnapshots = 60", "iterations = 200\nsnapshots = 12"),
    ):  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    made.build()
    yield made
    for name, each in made.took.items():
        print(f"{name}: {len(each)} times, at most {max(each):.2f} s")


def processes(mark: str) -> list[int]:
    """The processes that were begun with this mark in their environment, however indirectly."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"{MARK}={mark}".encode() in (place / "environ").read_bytes():
                found.append(int(place.name))
    return found


def works(process: int) -> bool:
    """Whether a process is one that works for another."""
    try:
        return b"multiprocessing.spawn" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def trains(process: int) -> bool:
    """Whether a process has loaded what training needs."""
    try:
        return "libtorch" in Path(f"/proc/{process}/maps").read_text(encoding="utf-8")
    except OSError:
        return False


def hears(process: int) -> bool:
    """Whether a process has a handler for SIGTERM."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


@dataclass(frozen=True)
class Moment:
    """Which stages' work is not kept, and when a build, of the draft or not, has come to it."""

    draft: bool
    missing: tuple[str, ...]
    has_come: Callable[[int, str, Path, float], bool]
    serve: bool = False


MOMENTS = {
    "loading": Moment(True, (), lambda process, mark, cache, begun: hears(process)),
    # Workers load, and do not know yet that Ctrl-C is not for them.
    "beginning": Moment(
        False, (), lambda process, mark, cache, begun: any(map(works, processes(mark)))
    ),
    "screening": Moment(
        False, (), lambda process, mark, cache, begun: any(map(trains, processes(mark)))
    ),
    "training": Moment(
        False, (), lambda process, mark, cache, begun: len(digest(cache / "screening-outcome")) > 1
    ),
    "filming": Moment(
        True, ("film", "pages"), lambda process, mark, cache, begun: bool(digest(cache / "film"))
    ),
    "pages": Moment(
        True, ("pages",),
        lambda process, mark, cache, begun: any(
            # A stage's work is touched when it is read.
            path.stat().st_mtime > begun for path in (cache / "multiples").iterdir()
        ),
    ),
    "serving": Moment(
        True, (), lambda process, mark, cache, begun: "shows it" in (cache / "out").read_text(),
        serve=True,
    ),
    "serving and training": Moment(
        False, (), lambda process, mark, cache, begun: any(map(trains, processes(mark))),
        serve=True,
    ),
}  # fmt: skip


def stop(report: Report, cache: Path, name: str, way: str, later: float = 0.0) -> float:
    """Begin a build, stop it at a moment or some time `later`; how long it took to end (s)."""
    moment = MOMENTS[name]
    shutil.copytree(report.root / "kept", cache)
    for stage in moment.missing:
        shutil.rmtree(cache / stage)
    before, mark, begun = digest(report.site), uuid.uuid4().hex, time.time()
    command = [
        *(sys.executable, str(ROOT / "build.py"), *report.places(cache)),
        *(["--draft"] if moment.draft else []), *(["--serve", "0"] if moment.serve else []),
    ]  # fmt: skip
    with (cache / "out").open("w") as out, (cache / "err").open("w") as err:
        process = subprocess.Popen(
            command, stdout=out, stderr=err, start_new_session=True,
            env=os.environ | {MARK: mark, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    try:
        deadline = time.monotonic() + PATIENCE
        while not moment.has_come(process.pid, mark, cache, begun):
            assert process.poll() is None, (cache / "err").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.005)
        time.sleep(later)
        told = time.perf_counter()
        number = signal.SIGINT if "Ctrl-C" in way else signal.SIGTERM
        (os.killpg if "all" in way else os.kill)(process.pid, number)
        # Whom nobody else has told may hear of it a moment after the parent's end.
        while process.poll() is None or processes(mark):
            assert time.perf_counter() - told < 60
            time.sleep(0.005)
        took = time.perf_counter() - told
    finally:
        # Nothing of it goes on where the test has failed; one that has ended is not killed again.
        process.kill()
    report.took.setdefault(f"{name}, {way}", []).append(took)
    said = (cache / "err").read_text()
    if not later or process.returncode:
        lines = said.splitlines()
        if took > signals.PATIENCE:
            # Ended by force, on a machine with far too much to do: Python tidies up, and says so.
            lines = [
                line for line in lines if not re.search(r"resource_tracker|warnings\.warn", line)
            ]
        assert lines == [signals.WORDS]
        assert process.returncode == signals.EXIT_CODE
    if not moment.draft or process.returncode:
        assert digest(report.site) == before
    assert not (report.site.parent / ".site.new").exists()
    shutil.rmtree(cache)
    return took


def allowed() -> float:
    """The limit, for what else this machine has to do."""
    return LIMIT * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("loading", PARENT_INT),
        ("beginning", GROUP_INT),
        ("screening", GROUP_INT),
        ("training", PARENT_TERM),
        ("filming", PARENT_INT),
        ("pages", GROUP_INT),
        ("serving", GROUP_INT),
        ("serving and training", PARENT_INT),
    ],
)
def test_a_build_that_is_told_to_stops_at_once_and_leaves_nobody_behind(
    report: Report, tmp_path: Path, name: str, way: str
) -> None:
    assert stop(report, tmp_path / "cache", name, way) < allowed()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "way"), [*itertools.product(MOMENTS, WAYS)])
def test_whatever_it_does_and_however_it_is_told(
    report: Report, tmp_path: Path, name: str, way: str
) -> None:
    generator = random.Random(f"{name} {way}")
    for later in (0.0, generator.uniform(0, 1)):
        assert stop(report, tmp_path / "cache", name, way, later) < allowed()


def test_an_interruption_that_got_lost_ends_the_process_all_the_same(tmp_path: Path) -> None:
    # A destructor may not raise: what interrupts it is said, and forgotten.
    (tmp_path / "deaf.py").write_text(
        "import time\nfrom ginn.runtime import signals as stopping\n"
        "class Deaf:\n    def __del__(self):\n        print('now', flush=True)\n"
        "        time.sleep(60)\n"
        "stopping.listen()\nDeaf()\nprint('lost', flush=True)\ntime.sleep(60)\n",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "deaf.py")], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "now\n"
    begun = time.perf_counter()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert out == "lost\n"
    assert process.returncode == signals.EXIT_CODE
    assert time.perf_counter() - begun < allowed()


def test_a_process_begun_while_signals_are_held_hears_neither() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    asking = "import signal; print(*map(int, signal.pthread_sigmask(signal.SIG_BLOCK, [])))"
    with signals.held():
        told = subprocess.run([sys.executable, "-c", asking], capture_output=True, check=True)
    assert {int(number) for number in told.stdout.split()} >= {signal.SIGINT, signal.SIGTERM}
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before


def test_a_signal_that_is_held_comes_when_the_block_ends() -> None:
    code = (
        "import os, signal, threading\nfrom ginn.runtime import signals as stopping\n"
        "stopping.listen()\n"
        "try:\n    with stopping.held():\n        os.kill(os.getpid(), signal.SIGINT)\n"
        "        print('whole', sum(range(1000)))\n    print('too late')\n"
        "except KeyboardInterrupt:\n    os.kill(os.getpid(), signal.SIGTERM)\n    print('tidy')\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert told.stdout == "whole 499500\ntidy\n"
    assert told.stderr == ""
