"""A change of the repository's own report: its draft trains for a shorter time."""

from __future__ import annotations

from pathlib import Path

# After this many iterations, lines bend and the number of regions has grown.
WRITTEN, SHORTER = "iterations = 20_000", "iterations = 5_000"


def shorten(content: Path, written: str = WRITTEN, shorter: str = SHORTER) -> None:
    """Change `content/report.toml`, so that its draft trains for a shorter time."""
    report = content / "report.toml"
    text = report.read_text(encoding="utf-8")
    assert text.count(written) == 1
    report.write_text(text.replace(written, shorter), encoding="utf-8")
