"""Skip a test that this machine cannot run, or fail it where all tests must run."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

# A test with these words in its reason is always skipped, because no installation can help.
LACKS_A_RIGHT = "this user has no right to"


def every_test_must_run() -> bool:
    """Whether a test that lacks something must fail, as in CI and with REQUIRE_BROWSER=1."""
    return bool(os.environ.get("CI")) or os.environ.get("REQUIRE_BROWSER") == "1"


def lacking(message: str) -> NoReturn:
    """Skip the running test with this message, or fail it where every test must run."""
    if every_test_must_run():
        pytest.fail(message)
    pytest.skip(message)
