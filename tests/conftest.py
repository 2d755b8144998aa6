"""What holds for every test."""

import pytest
from hypothesis import settings

# A slow moment of a busy machine is no failure.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

LEFT_OUT = pytest.StashKey[int]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave slow tests out of a run that does not ask for them by `-m`."""
    if "slow" in config.option.markexpr:
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    items[:] = [item for item in items if item not in slow]
    config.hook.pytest_deselected(items=slow)
    config.stash[LEFT_OUT] = len(slow)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what was left out, so that it is not taken for done."""
    if number := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(f"{number} slow left out; run with: python -m pytest -m slow")
