"""A copy of the repository under the development server, for those who change its files."""

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

from support.paths import ROOT


@dataclass(frozen=True)
class Served:
    """A copy of the repository that is served: its folder and its address."""

    root: Path
    address: str

    def change(self, file: str, old: str, new: str) -> None:
        """Save a file with `new` in the place of `old`, which must be there."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


def copy_house(root: Path) -> None:
    """The repository's sources, where they may be changed."""
    for name in ("content", "ginn", "templates"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "build.py", root)


@contextlib.contextmanager
def serving(root: Path, *options: str, built: bool = True) -> Iterator[Served]:
    """The server of a copy of the repository while the block runs, and after its first build.

    With `built` false, that build need not be done, nor come to a good end.
    """
    process = subprocess.Popen(
        [sys.executable, str(root / "build.py"), "--serve", "0", *options],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    said = process.stdout
    assert said is not None
    try:
        found = re.match(r"Serving (\S+)", said.readline())
        assert found
        if built:
            assert any(line.startswith(f"{found[1]} shows the new site") for line in said)
        # Somebody must read on, or the server would wait for room in the pipe.
        threading.Thread(target=said.read, daemon=True).start()
        yield Served(root, found[1])
    finally:
        process.terminate()
        process.wait(timeout=10)
