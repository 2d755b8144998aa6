"""The command of a build that does its work in one process, without workers."""

from __future__ import annotations

import sys
from pathlib import Path

from support.paths import ROOT

# A worker would load the libraries and compile the code a second time.
PROGRAM = """
import contextlib, os, sys
sys.path[:0] = sys.argv[1:3]
from ginn.runtime import workers
os.environ.update(workers.ONE_THREAD)
import build
from support.in_process import in_process_pool
build.worker_pool = lambda *given: contextlib.nullcontext(in_process_pool(1))
sys.exit(build.main(sys.argv[3:]))
"""


def build_command(root: Path = ROOT) -> list[str]:
    """The command that builds with the program in a folder; the build's options follow it."""
    return [sys.executable, "-c", PROGRAM, str(root), str(ROOT / "tests")]
