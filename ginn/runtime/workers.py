"""A pool of worker processes, and how they report progress.

Processes are used and not threads, for the work is many small operations that hold the lock of the
interpreter. They are spawned, so that they behave alike on Linux, macOS and Windows; each uses one
thread.

The pool may also be the workers of a Dask cluster that runs already, on this machine or on others.
Both are used through the interface of `concurrent.futures`.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import platform
import queue
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, ProcessPoolExecutor, wait
from pathlib import Path
from typing import Any, TypeVar

from ginn.errors import AuthorError
from ginn.runtime import signals
from ginn.runtime.fingerprint import Sources

K = TypeVar("K")
T = TypeVar("T")

# Read by OpenBLAS, MKL, OpenMP and Accelerate when a process first loads them. More threads gain
# nothing for matrices as small as these, and wait for each other where other programs run.
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
POLL = 0.1  # s
DASK = "dask://"
TIMEOUT = 10  # s to find a cluster

_queue: Any = None


class WorkerPool:
    """Runs functions of a module in up to `jobs` processes; made by `worker_pool`."""

    def __init__(self, jobs: int, pool: Executor, amounts: Any, broken: type[Exception]) -> None:
        """`amounts` is the queue that `report_progress` fills; `broken` is what the pool raises
        when a process is lost.
        """
        self.jobs, self.pool, self.amounts, self.broken = jobs, pool, amounts, broken

    def run(
        self,
        function: Callable[..., T],
        calls: Mapping[K, tuple[Any, ...]],
        progress: Callable[[int], object] = lambda amount: None,
    ) -> Iterator[tuple[K, T]]:
        """Each call's name and the result of `function(*call)`, in the order in which they end.

        `progress` is given the amounts that the function passes to `report_progress`. An error in
        a call is raised here.
        """
        # To submit a call may start processes.
        with signals.held():
            pending = {self.pool.submit(function, *call): name for name, call in calls.items()}
        while pending:
            done, _ = wait(pending, POLL, FIRST_COMPLETED)
            with contextlib.suppress(queue.Empty):
                while True:
                    progress(self.amounts.get_nowait())
            for future in done:
                try:
                    result = future.result()
                except self.broken as error:
                    raise AuthorError(
                        f"a worker process that was killed, with {self.jobs} jobs",
                        "workers that the system lets run to their end",
                        "if memory is short, try --jobs 1; what was finished is kept",
                    ) from error
                yield pending.pop(future), result


@contextlib.contextmanager
def worker_pool(jobs: int, executor: str = "") -> Iterator[WorkerPool]:
    """A pool of `jobs` processes, all of which have ended when the block ends, however it ends.

    With an `executor`, "dask://HOST:PORT", it is the workers of that cluster, which go on running.
    They must have the same source and the same libraries, so that their results are the same to
    the bit. Raises AuthorError where they have not, and where there is no such cluster.
    """
    if executor:
        with _cluster(executor.removeprefix(DASK)) as pool:
            yield pool
        return
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    context = multiprocessing.get_context("spawn")
    amounts: Any = context.Queue()
    # No process starts before a call is submitted.
    processes = ProcessPoolExecutor(jobs, context, _prepare, (amounts,))
    try:
        yield WorkerPool(jobs, processes, amounts, BrokenExecutor)
    except BaseException:
        # Workers have nothing to tidy up, and one that is just starting notices no other request.
        for child in multiprocessing.active_children():
            child.kill()
        raise
    finally:
        processes.shutdown(cancel_futures=True)
        amounts.close()
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _cluster(address: str) -> Iterator[WorkerPool]:
    """A pool of the Dask workers that the scheduler at HOST:PORT has."""
    try:
        from distributed import Client, KilledWorker
    except ImportError as error:
        raise AuthorError(
            "no library distributed",
            "an installed one",
            'run `python -m pip install -e ".[dask]"`',
            key="--executor",
        ) from error
    try:
        client = Client(address, timeout=TIMEOUT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise AuthorError(
            f"no Dask scheduler at {address}",
            "the address of one that runs",
            "see `dask scheduler`",
            key="--executor",
        ) from error
    with client:
        threads = client.nthreads()
        if not threads:
            found = f"no workers at {address}"
            raise AuthorError(found, "at least one", "see `dask worker`", key="--executor")
        _require_same_equipment(client)
        pool = client.get_executor(pure=False)
        try:
            yield WorkerPool(sum(threads.values()), pool, queue.Queue(), KilledWorker)
        finally:
            # For this executor, not to wait is to cancel what is not done.
            pool.shutdown(wait=False)


def _require_same_equipment(client: Any) -> None:
    """AuthorError where a worker of a cluster would give other results than this process."""
    own = equipment()
    for worker, has in client.run(equipment, on_error="return").items():
        if has != own:
            theirs = has if isinstance(has, dict) else {}
            unlike = [name for name in own if theirs.get(name) != own[name]]
            raise AuthorError(
                f"{', '.join(unlike)} at worker {worker} unlike the ones here",
                "the same, so that its results are the same",
                "install this version there",
                key="--executor",
            )


def equipment() -> dict[str, str]:
    """What results depend on besides their input: this source, Python, and each library."""
    sources = Sources(Path(__file__).parents[1])
    modules = sources.all_modules()
    libraries = sources.libraries(modules)
    return {
        "the source": sources.fingerprint(modules),
        "Python": platform.python_version(),
        **libraries,
    }


def _prepare(amounts: Any) -> None:
    """In a new process: leave Ctrl-C to the parent, and end when the parent has ended."""
    global _queue
    _queue = amounts
    signals.ignore_interrupt()
    signals.exit_with_parent()


def report_progress(amount: int) -> None:
    """In a worker: report that so much more is done."""
    if _queue is not None:
        _queue.put(amount)
