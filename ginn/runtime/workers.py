"""Work on every core: a pool of processes that can tell how far they are.

Processes, not threads: the work is many small operations that hold the interpreter's lock. They are
spawned, so that they behave alike on Linux, macOS and Windows, and each keeps to one thread.

Or the processes of a Dask cluster that is there already, on this machine or others. Work goes
through the interface of `concurrent.futures` either way.
"""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import os
import platform
import queue
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, ProcessPoolExecutor, wait
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

from ginn.runtime import signals

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
PATIENCE = 10  # s to find a cluster

_told: Any = None


class CrewError(Exception):
    """A process of the crew came to its end from without; the message says how to go on."""


class Crew:
    """Runs functions of a module in up to `jobs` processes; made by `crew`."""

    def __init__(self, jobs: int, pool: Executor, told: Any, broken: type[Exception]) -> None:
        """`told` is a queue of amounts, `broken` what the pool raises when a process is lost."""
        self.jobs, self.pool, self.told, self.broken = jobs, pool, told, broken

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
        calls = list(calls)
        # To submit is to begin processes.
        with signals.held():
            pending = {self.pool.submit(function, *call) for call in calls}
        while pending:
            done, pending = wait(pending, POLL, FIRST_COMPLETED)
            with contextlib.suppress(queue.Empty):
                while True:
                    progress(self.told.get_nowait())
            for future in done:
                try:
                    result = future.result()
                except self.broken as error:
                    raise CrewError(
                        "a process that worked for the build was killed, by the system perhaps for "
                        f"want of memory: found {self.jobs} jobs; try --jobs 1; what was finished "
                        "is kept"
                    ) from error
                yield result


@contextlib.contextmanager
def crew(jobs: int, executor: str = "") -> Iterator[Crew]:
    """A crew of `jobs` processes, none of which outlives the block, however it ends.

    With an `executor`, "dask://HOST:PORT", the crew is that cluster's processes, which stay. They
    must have this source and these libraries, so that their work is the same to the bit; CrewError
    where they have not, or where there is no such cluster.
    """
    if executor:
        with _cluster(executor.removeprefix(DASK)) as crew:
            yield crew
        return
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    context = multiprocessing.get_context("spawn")
    told: Any = context.Queue()
    # No process starts before there is work.
    pool = ProcessPoolExecutor(jobs, context, _prepare, (told,))
    try:
        yield Crew(jobs, pool, told, BrokenExecutor)
    except BaseException:
        # They have nothing to tidy up, and one that has only just begun hears nothing else.
        for child in multiprocessing.active_children():
            child.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        told.close()
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _cluster(address: str) -> Iterator[Crew]:
    """A crew of the Dask workers that the scheduler at HOST:PORT has."""
    try:
        from distributed import Client, KilledWorker
    except ImportError as error:
        raise CrewError(
            "--executor: found no library distributed, allowed: an installed one; run "
            '`python -m pip install -e ".[dask]"`'
        ) from error
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise CrewError(
            f"--executor: found no Dask scheduler at {address}, allowed: the address of one that "
            "runs; see `dask scheduler`"
        ) from error
    with client:
        threads = client.nthreads()
        if not threads:
            raise CrewError(
                f"--executor: found no workers at {address}, allowed: at least one; see "
                "`dask worker`"
            )
        own = equipment()
        for worker, has in client.run(equipment, on_error="return").items():
            if has != own:
                theirs = has if isinstance(has, dict) else {}
                unlike = [name for name in own if theirs.get(name) != own[name]]
                raise CrewError(
                    f"--executor: found {', '.join(unlike)} at worker {worker} unlike the ones "
                    "here, allowed: the same, so that its work is the same; install this version "
                    "there"
                )
        pool = client.get_executor(pure=False)
        try:
            yield Crew(sum(threads.values()), pool, queue.Queue(), KilledWorker)
        finally:
            # For this executor, not to wait is to cancel what is not done.
            pool.shutdown(wait=False)


def equipment() -> dict[str, str]:
    """What work depends on besides its input: this source, and the libraries' versions."""
    rooms = sorted(Path(__file__).parents[1].rglob("*.py"))
    source = hashlib.sha256(
        b"".join(room.read_bytes().replace(b"\r\n", b"\n") for room in rooms)
    ).hexdigest()
    libraries = {name: metadata.version(name) for name in ("numpy", "torch", "pillow")}
    return {"the source": source, "Python": platform.python_version(), **libraries}


def _prepare(told: Any) -> None:
    """In a new process: Ctrl-C is the parent's to handle, and it does not outlive its parent."""
    global _told
    _told = told
    signals.ignore_interrupt()
    signals.exit_with_parent()


def tell(amount: int) -> None:
    """Called by work in a crew: so much more is done."""
    if _told is not None:
        _told.put(amount)
