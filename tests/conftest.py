"""Settings and hooks for every test: weekly tests, skipped tests, and the order of files."""

import contextlib
import gc
import os
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator

import pytest
from hypothesis import settings
from playwright.sync_api import Playwright, sync_playwright
from support.in_process import in_process_pool
from support.pages import environment
from support.paths import ROOT
from support.skips import LACKS_A_RIGHT, every_test_must_run

import build
from ginn.pages import site
from ginn.runtime.processors import usable_processors
from ginn.runtime.workers import WorkerPool

# A slow moment of a busy machine is not a failure.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

LEFT_OUT = pytest.StashKey[int]()
COMPILING = pytest.StashKey[subprocess.Popen[bytes]]()
# Files that take longest come first, so that no worker is busy with one while the other waits.
# (`--dist loadfile` hands out whole files, in this order.) The first one builds the site of the
# browser tests. The next ones do not need it, so nobody waits for it.
FIRST = (
    "browser/test_accessibility.py",
    "test_build.py",
    "test_same_site.py",
    "test_kills.py",
    "test_signals.py",
    "browser/",
    "lab/",
    "test_dask.py",
    "test_preview.py",
    "test_null_claims.py",
    "pipeline/",
)
# Compiles the loops of `ginn.geometry` into the folder in which Numba keeps them.
COMPILE = "from support.runs import trained_run as run; from ginn.geometry.boundaries import trace"


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """As many processes as there are cores, and one more with a browser, whose tests also wait."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    return usable_processors() + ("not browser" not in config.option.markexpr)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the loops of a fresh checkout while the workers collect the tests.

    Otherwise each worker, and each worker of the first builds, would do so for several seconds.
    """
    alone = not session.config.getoption("numprocesses", None)
    if alone or hasattr(session.config, "workerinput") or "NUMBA_DISABLE_JIT" in os.environ:
        return
    if not any((ROOT / "ginn/geometry/__pycache__").glob("*.nbi")):
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
        command = [sys.executable, "-c", f"{COMPILE}; trace(run())"]
        session.config.stash[COMPILING] = subprocess.Popen(command, env=environment)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Wait for the process that compiles, which may outlive a few short tests."""
    if compiling := session.config.stash.get(COMPILING, None):
        compiling.wait()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Import all modules without looking for garbage among them, which takes a fifth of the time.

    They stay to the end, so later searches leave them out.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright, started once in a process of tests, which cannot have it twice."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(autouse=True, scope="session")
def builds_with_one_job_need_no_worker() -> Iterator[None]:
    """Let a build in a test's own process do the work of its only worker.

    A worker loads libraries and compiles code for several seconds. With this, a process of tests
    does so once. Builds in other processes, and those with more jobs, have real workers.
    """
    real = build.worker_pool

    @contextlib.contextmanager
    def pool(jobs: int, executor: str, check: Callable[[], object]) -> Iterator[WorkerPool]:
        if jobs == 1 and not executor:
            yield in_process_pool(1)
        else:
            with real(jobs, executor, check) as workers:
                yield workers

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "worker_pool", pool)
        yield


@pytest.fixture(autouse=True, scope="session")
def templates_are_compiled_once() -> Iterator[None]:
    """Let all sites that a process of tests makes share their compiled templates."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "environment", environment)
        yield


def _place(item: pytest.Item) -> int:
    path = item.path.as_posix()
    return next((n for n, name in enumerate(FIRST) if name in path), len(FIRST))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest files first; leave weekly tests out of a run that does not ask for them."""
    items.sort(key=_place)
    if "weekly" in config.option.markexpr:
        return
    weekly = [item for item in items if item.get_closest_marker("weekly")]
    items[:] = [item for item in items if not item.get_closest_marker("weekly")]
    config.hook.pytest_deselected(items=weekly)
    config.stash[LEFT_OUT] = len(weekly)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that was skipped while it ran, where every test must run.

    A mark `skipif` says that the test is not for this system; such a skip stays one.
    """
    report = yield
    skipped = report.skipped and isinstance(report.longrepr, tuple)
    if skipped and every_test_must_run() and not item.get_closest_marker("skipif"):
        reason = str(report.longrepr[2])
        if LACKS_A_RIGHT not in reason:
            report.outcome = "failed"
            report.longrepr = f"{reason}, but every test must run here (CI or REQUIRE_BROWSER)"
    return report


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what was skipped and left out, so that it is not taken for done."""
    reasons = {str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", [])}
    for reason in sorted(reasons):
        terminalreporter.write_line(reason)
    if number := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(f"{number} weekly tests left out: python -m pytest -m weekly")
