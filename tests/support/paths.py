"""The paths of the repository and of the tests' data."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTENT = ROOT / "content"
STARTER = ROOT / "templates" / "starter"
BOTTLE = CONTENT / "pictures" / "bottle.toml"
TRAINED_SNAPSHOTS = ROOT / "tests" / "data" / "trained_snapshots.npz"
