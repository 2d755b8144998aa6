"""A copy of the repository under the development server; a test can change its files."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from support.paths import ROOT, rewrite


@dataclass(frozen=True)
class Served:
    """A copy of the repository that is served: its folder and its address."""

    root: Path
    address: str

    def change(self, file: str, old: str, new: str) -> None:
        """Save a file with `new` in place of `old`, which must be in it."""
        rewrite(self.root / file, (old, new))


def copy_repository(root: Path) -> None:
    """Copy the sources of the repository into `root`, where a test can change them.

    Compiled code comes with them, which is still right for a file with the same time stamp.
    """
    for name in ("content", "ginn", "templates"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "build.py", root)


@contextlib.contextmanager
def serving(root: Path, *options: str, built: bool = True) -> Iterator[Served]:
    """The server of a copy of the repository, while the block runs.

    The block starts after the first build has succeeded, or at once if `built` is false.
    """
    process = subprocess.Popen(
        [sys.executable, str(root / "build.py"), "--serve", "0", *options],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    output = process.stdout
    assert output is not None
    try:
        found = re.match(r"Serving (\S+)", output.readline())
        assert found
        if built:
            assert any(line.startswith(f"{found[1]} shows the new site") for line in output)
        # The rest of the output is read, too, because the server would block at a full pipe.
        threading.Thread(target=output.read, daemon=True).start()
        yield Served(root, found[1])
    finally:
        process.terminate()
        process.wait(timeout=10)
