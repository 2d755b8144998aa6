"""Work on every core: a pool of processes that can tell how far they are.

Processes, not threads: the work is many small operations that hold the interpreter's lock. They are
spawned, so that they behave alike on Linux, macOS and Windows, and each keeps to one thread.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

T = TypeVar("T")

# Read by OpenBLAS, MKL, OpenMP and Accelerate when a process first loads them.
ONE_THREAD = (
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OMP_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
POLL = 0.1  # s

_told: Any = None


class CrewError(Exception):
    """A process of the crew came to its end from without; the message says how to go on."""


class Crew:
    """Runs functions of a module in up to `jobs` processes; made by `crew`."""

    def __init__(self, jobs: int) -> None:
        """Prepare; no process starts before there is work."""
        context = multiprocessing.get_context("spawn")
        self.jobs = jobs
        self.told: Any = context.Queue()
        self.pool = ProcessPoolExecutor(jobs, context, _prepare, (self.told,))

    def each(
        self,
        function: Callable[..., T],
        calls: Iterable[tuple[Any, ...]],
        progress: Callable[[int], object] = lambda amount: None,
    ) -> Iterator[T]:
        """The results of `function(*call)` for each call, in the order in which they get done.

        `progress` is handed whatever amounts the function gives to `tell`. A call that raises
        raises here.
        """
        pending = {self.pool.submit(function, *call) for call in calls}
        while pending:
            done, pending = wait(pending, POLL, FIRST_COMPLETED)
            with contextlib.suppress(queue.Empty):
                while True:
                    progress(self.told.get_nowait())
            for future in done:
                try:
                    result = future.result()
                except BrokenProcessPool as error:
                    raise CrewError(
                        "a process that worked for the build was killed, by the system perhaps for "
                        f"want of memory: found {self.jobs} jobs; try --jobs 1; what was finished "
                        "is kept"
                    ) from error
                yield result


@contextlib.contextmanager
def crew(jobs: int) -> Iterator[Crew]:
    """A crew of `jobs` processes, none of which outlives the block, however it ends."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    crew = Crew(jobs)
    try:
        yield crew
    except BaseException:
        for child in multiprocessing.active_children():
            child.terminate()
        raise
    finally:
        crew.pool.shutdown(cancel_futures=True)
        crew.told.close()
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _prepare(told: Any) -> None:
    """In a new process: Ctrl-C is the parent's to handle, and none outlives its parent."""
    global _told
    _told = told
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Wait for the parent's end, however it comes, and end this process at once."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def tell(amount: int) -> None:
    """Called by work in a crew: so much more is done."""
    if _told is not None:
        _told.put(amount)
