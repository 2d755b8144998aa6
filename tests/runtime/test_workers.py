"""Work in processes: results, progress and errors, and that no process remains."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from support.paths import ROOT

from ginn.errors import AuthorError
from ginn.runtime.workers import report_progress, worker_pool


def square(number: int) -> int:
    report_progress(number)
    # Long enough for the report of progress to arrive before the result.
    time.sleep(0.2)
    return number * number


def threads() -> tuple[int, str]:
    return os.getpid(), os.environ["OMP_NUM_THREADS"]


def refuse(number: int) -> int:
    raise ValueError(f"no {number} here")


def test_run_answers_every_call_and_adds_up_progress() -> None:
    amounts: list[int] = []
    with worker_pool(2) as workers:
        answers = dict(workers.run(square, {n: (n,) for n in range(9)}, amounts.append))
    assert answers == {n: n * n for n in range(9)}
    assert sorted(amounts) == list(range(9))


def test_run_uses_other_processes_of_one_thread_and_restores_the_environment() -> None:
    before = os.environ.get("OMP_NUM_THREADS")
    with worker_pool(1) as workers:
        ((name, (process, count)),) = workers.run(threads, {"only": ()})
    assert name == "only"
    assert process != os.getpid()
    assert count == "1"
    assert os.environ.get("OMP_NUM_THREADS") == before


def test_run_raises_the_error_of_a_worker_and_leaves_no_process() -> None:
    with pytest.raises(ValueError, match="no 3 here"), worker_pool(2) as workers:
        list(workers.run(refuse, {0: (3,)}))
    assert not multiprocessing.active_children()


def die() -> None:
    os._exit(9)


def test_run_with_a_killed_worker_says_in_one_line_what_to_do() -> None:
    with pytest.raises(AuthorError, match="try --jobs 1") as said, worker_pool(2) as workers:
        list(workers.run(die, {0: ()}))
    assert "\n" not in str(said.value)
    assert not multiprocessing.active_children()


def sleep(seconds: int) -> None:
    time.sleep(seconds)


def test_worker_pool_that_is_interrupted_does_not_wait_for_calls() -> None:
    def interrupted() -> None:
        with worker_pool(2) as workers:
            next(workers.run(sleep, {0: (0,), 1: (60,)}))
            raise KeyboardInterrupt

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert time.monotonic() - begun < 20
    assert not multiprocessing.active_children()


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text(
        textwrap.dedent("""
        import os, pathlib, sys, time
        from ginn.runtime.workers import report_progress, worker_pool

        def endless(place):
            pathlib.Path(place).write_text(str(os.getpid()))
            while True:
                report_progress(1)
                time.sleep(0.05)

        if __name__ == "__main__":
            with worker_pool(1) as workers:
                list(workers.run(endless, {0: (sys.argv[1],)}))
        """),
        encoding="utf-8",
    )
    place = tmp_path / "pid"
    build = subprocess.Popen(
        [sys.executable, str(tmp_path / "work.py"), str(place)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    deadline = time.monotonic() + 20
    while not (place.exists() and place.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    worker = int(place.read_text())
    build.kill()
    build.wait()
    while _lives(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _lives(worker)


def _lives(process: int) -> bool:
    """Whether a process still runs; a zombie process does not."""
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
