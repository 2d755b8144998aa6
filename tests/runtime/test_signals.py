"""Ctrl-C and SIGTERM during a build: it ends soon, with one line, and leaves no process behind."""

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
from support.paths import ROOT, rewrite

import build as story
from ginn.runtime import signals

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]

LIMIT = 2.0  # s, on a machine that is not overloaded
TIMEOUT = 120.0  # s until a build has come to a phase
MARK = "GINN_TEST_MARK"
PARENT_INT, GROUP_INT, PARENT_TERM, GROUP_TERM = WAYS = (
    "Ctrl-C to the parent", "Ctrl-C to all", "SIGTERM to the parent", "SIGTERM to all",
)  # fmt: skip


@dataclass
class Report:
    """A report whose draft was built once, with its site and its cache."""

    root: Path
    seconds: dict[str, list[float]] = field(default_factory=dict)

    @property
    def site(self) -> Path:
        return self.root / "content/site"

    def build(self) -> None:
        assert story.main(["--draft", *self.options(self.root / "kept", 1)]) == 0

    def options(self, cache: Path, jobs: int = 2) -> list[str]:
        places = ("--content", self.root / "content", "--cache", cache)
        return [*map(str, places), "--jobs", str(jobs)]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    made = Report(tmp_path_factory.mktemp("stopping"))
    content = made.root / "content"
    shutil.copytree(ROOT / "templates/starter", content)
    # A full training takes longer than any test waits. A draft takes seconds.
    rewrite(
        content / "report.toml",
        ("iterations = 200_000", "iterations = 20_000_000"), ("200_000, 2_000]", "200_000, 2_000],"
        " [10_000_000, 20_000_000, 10_000_000]"), ("pixels = 160", "pixels = 64"),
        ("iterations = 10_000\nsnapshots = 60", "iterations = 200\nsnapshots = 12"),
    )  # fmt: skip
    made.build()
    yield made
    for name, each in made.seconds.items():
        print(f"{name}: {len(each)} times, at most {max(each):.2f} s")


def processes(mark: str) -> list[int]:
    """The processes that were begun with this mark in their environment, however indirectly."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"{MARK}={mark}".encode() in (place / "environ").read_bytes():
                found.append(int(place.name))
    return found


def is_worker(process: int) -> bool:
    """Whether a process was started by multiprocessing."""
    try:
        return b"multiprocessing.spawn" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def has_torch(process: int) -> bool:
    """Whether a process has loaded torch."""
    try:
        return "libtorch" in Path(f"/proc/{process}/maps").read_text(encoding="utf-8")
    except OSError:
        return False


def has_handler(process: int) -> bool:
    """Whether a process has a handler for SIGTERM."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


@dataclass(frozen=True)
class Phase:
    """A phase of a build: what is missing in the cache, and whether the build has come to it."""

    draft: bool
    missing: tuple[str, ...]
    is_reached: Callable[[int, str, Path, float], bool]
    serve: bool = False


PHASES = {
    "loading": Phase(True, (), lambda process, mark, cache, begun: has_handler(process)),
    # In this phase, workers are loading and do not ignore Ctrl-C yet.
    "beginning": Phase(
        False, (), lambda process, mark, cache, begun: any(map(is_worker, processes(mark)))
    ),
    "screening": Phase(
        False, (), lambda process, mark, cache, begun: any(map(has_torch, processes(mark)))
    ),
    "training": Phase(
        False, (), lambda process, mark, cache, begun: len(digest(cache / "screening-outcomes")) > 1
    ),
    "filming": Phase(
        True,
        ("sprite-sheets", "pages"),
        lambda process, mark, cache, begun: bool(digest(cache / "sprite-sheets")),
    ),
    "pages": Phase(
        True, ("pages",),
        lambda process, mark, cache, begun: any(
            # An entry of the cache is touched when it is read.
            path.stat().st_mtime > begun for path in (cache / "final-outputs").iterdir()
        ),
    ),
    "serving": Phase(
        True, (),
        lambda process, mark, cache, begun: "the new site" in (cache / "out").read_text(),
        serve=True,
    ),
    "serving and training": Phase(
        False, (), lambda process, mark, cache, begun: any(map(has_torch, processes(mark))),
        serve=True,
    ),
}  # fmt: skip


def stop(report: Report, cache: Path, name: str, way: str, later: float = 0.0) -> float:
    """The seconds that a build takes to end, if it is stopped `later` seconds into a phase."""
    phase = PHASES[name]
    shutil.copytree(report.root / "kept", cache)
    for stage in phase.missing:
        shutil.rmtree(cache / stage)
    before, mark, begun = digest(report.site), uuid.uuid4().hex, time.time()
    command = [
        *(sys.executable, str(ROOT / "build.py"), *report.options(cache)),
        *(["--draft"] if phase.draft else []), *(["--serve", "0"] if phase.serve else []),
    ]  # fmt: skip
    with (cache / "out").open("w") as out, (cache / "err").open("w") as err:
        process = subprocess.Popen(
            command, stdout=out, stderr=err, start_new_session=True,
            env=os.environ | {MARK: mark, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    try:
        deadline = time.monotonic() + TIMEOUT
        while not phase.is_reached(process.pid, mark, cache, begun):
            assert process.poll() is None, (cache / "err").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.005)
        time.sleep(later)
        sent = time.perf_counter()
        number = signal.SIGINT if "Ctrl-C" in way else signal.SIGTERM
        (os.killpg if "all" in way else os.kill)(process.pid, number)
        # A worker that got no signal may end shortly after its parent.
        while process.poll() is None or processes(mark):
            assert time.perf_counter() - sent < 60
            time.sleep(0.005)
        took = time.perf_counter() - sent
    finally:
        # If the test fails, the build must not go on.
        process.kill()
    report.seconds.setdefault(f"{name}, {way}", []).append(took)
    said = (cache / "err").read_text()
    if not later or process.returncode:
        lines = said.splitlines()
        if took > signals.TIMEOUT:
            # On an overloaded machine, the build ends by force, and Python reports what is left.
            lines = [
                line for line in lines if not re.search(r"resource_tracker|warnings\.warn", line)
            ]
        assert lines == [signals.STOPPED]
        assert process.returncode == signals.EXIT_CODE
    if not phase.draft or process.returncode:
        after = digest(report.site)
        if phase.serve:  # `build.json` says that a site was made by `--serve`.
            del before["build.json"], after["build.json"]
        assert after == before
    assert not (report.site.parent / ".site.new").exists()
    shutil.rmtree(cache)
    return took


def allowed() -> float:
    """The limit, scaled by the load of this machine."""
    return LIMIT * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@pytest.mark.parametrize(
    ("phase", "way"),
    [
        ("loading", PARENT_INT),
        ("beginning", GROUP_INT),
        ("training", PARENT_TERM),
        ("pages", GROUP_INT),
        ("serving", GROUP_INT),
    ],
)
def test_build_with_signal_ends_soon_and_leaves_no_process(
    report: Report, tmp_path: Path, phase: str, way: str
) -> None:
    assert stop(report, tmp_path / "cache", phase, way) < allowed()


@pytest.mark.weekly
@pytest.mark.parametrize(("phase", "way"), [*itertools.product(PHASES, WAYS)])
def test_build_with_signal_in_any_phase_by_any_way_ends_soon(
    report: Report, tmp_path: Path, phase: str, way: str
) -> None:
    generator = random.Random(f"{phase} {way}")
    for later in (0.0, generator.uniform(0, 1)):
        assert stop(report, tmp_path / "cache", phase, way, later) < allowed()


def test_interrupt_on_signal_with_lost_interruption_ends_the_process(tmp_path: Path) -> None:
    # Python ignores an exception in a destructor: it prints the KeyboardInterrupt and goes on.
    (tmp_path / "destructor.py").write_text(
        "import time\nfrom ginn.runtime import signals\n"
        "class Slow:\n    def __del__(self):\n        print('now', flush=True)\n"
        "        time.sleep(60)\n"
        "signals.interrupt_on_signal()\nSlow()\nprint('lost', flush=True)\ntime.sleep(60)\n",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "destructor.py")], stdout=subprocess.PIPE,
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


def test_held_starts_processes_that_block_both_signals() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    asking = "import signal; print(*map(int, signal.pthread_sigmask(signal.SIG_BLOCK, [])))"
    with signals.held():
        done = subprocess.run([sys.executable, "-c", asking], capture_output=True, check=True)
    assert {int(number) for number in done.stdout.split()} >= {signal.SIGINT, signal.SIGTERM}
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before


def test_held_with_a_signal_delivers_it_when_the_block_ends() -> None:
    code = (
        "import os, signal, threading\nfrom ginn.runtime import signals\n"
        "signals.interrupt_on_signal()\n"
        "try:\n    with signals.held():\n        os.kill(os.getpid(), signal.SIGINT)\n"
        "        print('whole', sum(range(1000)))\n    print('too late')\n"
        "except KeyboardInterrupt:\n    os.kill(os.getpid(), signal.SIGTERM)\n    print('tidy')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "whole 499500\ntidy\n"
    assert done.stderr == ""
