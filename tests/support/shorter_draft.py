"""A change of the repository's own report: a draft that takes a shorter time."""

from __future__ import annotations

from pathlib import Path

from support.paths import rewrite

# After this many iterations, lines bend and the number of regions has grown. Of each kind one run
# is shown, since drawing a run takes as long as training all of them.
CHANGES = (("iterations = 20_000", "iterations = 5_000"), ("good = 3", "good = 1"))


def shorten(content: Path) -> None:
    """Change `content/report.toml`, so that its draft takes a shorter time."""
    rewrite(content / "report.toml", *CHANGES)
