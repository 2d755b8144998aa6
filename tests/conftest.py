"""Settings and hooks for every test: weekly tests, skipped tests, and the order of files."""

from collections.abc import Generator

import pytest
from hypothesis import settings
from support.skips import LACKS_A_RIGHT, every_test_must_run

# A slow moment of a busy machine is not a failure.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

LEFT_OUT = pytest.StashKey[int]()
# Files that take longest come first, so that no worker is busy with one while the other waits.
# (`--dist loadfile` hands out whole files, in this order.)
FIRST = (
    "test_build.py",
    "test_signals.py",
    "test_kills.py",
    "test_bad_inputs.py",
    "browser/",
    "pipeline/",
)


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
