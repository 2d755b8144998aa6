"""Python programs in separate processes."""

from __future__ import annotations

import subprocess
import sys

from support.paths import ROOT


def python(program: str, *arguments: object) -> subprocess.Popen[str]:
    """A running Python that imports `ginn` from this repository; its output is read as text."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
