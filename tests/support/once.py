"""Folders that are made once in a test run and used by all workers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder that `make` has filled.

    The first worker that needs the folder makes it. Other workers wait. Tests must not change the
    folder, because other workers read it at the same time.
    """
    base = factory.getbasetemp()
    # Each worker of pytest-xdist has a folder of its own within the run's folder.
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = root / name, root / f"{name}.done"
    with FileLock(root / f"{name}.lock"):
        if not done.exists():
            # Another worker's attempt may have failed halfway.
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder
