"""Stages that run in the test's own process: a pool without workers, and a runner of it."""

from __future__ import annotations

import queue
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any

from ginn.pipeline.runner import Runner
from ginn.runtime.cache import Cache
from ginn.runtime.fingerprint import Sources
from ginn.runtime.progress import Reporter
from ginn.runtime.workers import WorkerPool
from support.paths import ROOT

# Parsed once for all tests.
SOURCES = Sources(ROOT / "ginn")


class InProcess(Executor):
    """An executor that calls a function as soon as it is submitted."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The future of a finished call."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def in_process_pool(jobs: int = 2) -> WorkerPool:
    """A worker pool without workers."""
    return WorkerPool(jobs, InProcess(), queue.Queue(), BrokenExecutor)


def in_process_runner(cache: Cache) -> Runner:
    """A runner that makes every result in this process and reports no progress."""
    reporter = Reporter(terminal=False, write=lambda line: None)
    return Runner(cache, in_process_pool(), SOURCES, reporter)
