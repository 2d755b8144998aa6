"""A pool of worker processes, and how they report progress.

The workers are processes and not threads, since the work is many small operations that hold the
lock of the interpreter. The processes are spawned, so that they behave alike on Linux, macOS and
Windows. Each uses one thread.

The pool may also be the workers of a running Dask cluster, on this machine or on others. Both kinds
of pool have the interface of `concurrent.futures`.
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

# OpenBLAS, MKL, OpenMP and Accelerate read these when a process first loads them. More threads are
# not faster for such small matrices, and they wait for each other on a busy machine.
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

    def __init__(
        self,
        jobs: int,
        pool: Executor,
        amounts: Any,
        broken: type[Exception],
        check: Callable[[], object] = lambda: None,
    ) -> None:
        """`amounts` is the queue that `report_progress` fills; `broken` is what the pool raises
        when a process is lost. `check` is called every POLL seconds; it may raise an exception.
        """
        self.jobs, self.pool, self.amounts, self.broken = jobs, pool, amounts, broken
        self.check = check

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
        # Submitting a call may start processes.
        with signals.held():
            pending = {self.pool.submit(function, *call): name for name, call in calls.items()}
        while pending:
            self.check()
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
                        "workers that run to their end",
                        "if memory is short, try --jobs 1; finished results are kept",
                    ) from error
                yield pending.pop(future), result


@contextlib.contextmanager
def worker_pool(
    jobs: int, executor: str = "", check: Callable[[], object] = lambda: None
) -> Iterator[WorkerPool]:
    """A pool of `jobs` processes. All have ended when the block ends, also after an error.

    `check` is called often while calls run; an exception that it raises ends the calls.

    With an `executor`, "dask://HOST:PORT", the pool is the workers of that cluster, which go on
    running. They must have the same source and the same libraries, so that their results are the
    same to the bit. Raises AuthorError if they differ, or if there is no such cluster.
    """
    if executor:
        with _cluster(executor.removeprefix(DASK), check) as pool:
            yield pool
        return
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    context = multiprocessing.get_context("spawn")
    amounts: Any = context.Queue()
    # No process starts before a call is submitted.
    processes = ProcessPoolExecutor(jobs, context, _prepare, (amounts,))
    try:
        yield WorkerPool(jobs, processes, amounts, BrokenExecutor, check)
    except BaseException:
        # Workers have nothing to clean up, and a worker that is starting ignores other requests.
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
def _cluster(address: str, check: Callable[[], object]) -> Iterator[WorkerPool]:
    """A pool of the Dask workers that the scheduler at HOST:PORT has."""
    try:
        from distributed import Client, KilledWorker
    except ImportError as error:
        raise AuthorError(
            "no library `distributed`",
            "the library, installed",
            'run `python -m pip install -e ".[dask]"`',
            key="--executor",
        ) from error
    try:
        client = Client(address, timeout=TIMEOUT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise AuthorError(
            f"no Dask scheduler at {address}",
            "the address of a running scheduler",
            "see `dask scheduler`",
            key="--executor",
        ) from error
    with client:
        threads = client.nthreads()
        if not threads:
            found = f"no workers at {address}"
            raise AuthorError(found, "at least one", "see `dask worker`", key="--executor")
        _require_same_software(client)
        pool = client.get_executor(pure=False)
        try:
            yield WorkerPool(sum(threads.values()), pool, queue.Queue(), KilledWorker, check)
        finally:
            # With `wait=False`, this executor cancels the calls that have not ended.
            pool.shutdown(wait=False)


def _require_same_software(client: Any) -> None:
    """Raise AuthorError if a worker of a cluster could give other results than this process."""
    own = software()
    for worker, has in client.run(software, on_error="return").items():
        if has != own:
            theirs = has if isinstance(has, dict) else {}
            unlike = [name for name in own if theirs.get(name) != own[name]]
            raise AuthorError(
                f"worker {worker} with another version of {', '.join(unlike)}",
                "the versions of this machine, so that results are the same",
                "install these versions there",
                key="--executor",
            )


def software() -> dict[str, str]:
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
    """Prepare a new process: it ignores Ctrl-C, and ends when its parent has ended."""
    global _queue
    _queue = amounts
    signals.ignore_interrupt()
    signals.exit_with_parent()


def report_progress(amount: int) -> None:
    """Report from a worker that `amount` more is done."""
    if _queue is not None:
        _queue.put(amount)
