"""The paths of the repository and of the tests' data, and files with other texts."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTENT = ROOT / "content"
STARTER = ROOT / "templates" / "starter"
BOTTLE = CONTENT / "pictures" / "bottle.toml"
TRAINED_SNAPSHOTS = ROOT / "tests" / "data" / "trained_snapshots.npz"


def rewrite(path: Path, *changes: tuple[str, str]) -> None:
    """Write each new text in the place of an old one, which must be in the file."""
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
