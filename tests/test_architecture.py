"""The house as it was designed: data flows one way, and only one room knows torch."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import ROOT

GINN = ROOT / "ginn"

# Left to right: a room may import what stands in an earlier row, and nothing else of the house.
ORDER = [
    {"spec", "address", "quantities", "numerals"},
    {"picture", "network"},
    {"train", "complex", "weights", "illustrations"},
    {"geometry"},
    {"measures.statistics", "measures.cells"},
    {"measures.claim"},
    {
        "measures.bends",
        "measures.bias_first",
        "measures.larger",
        "measures.parts",
        "measures.symmetry",
    },
    {"measures.critical_points"},
    {"measures.silence", "measures.copycats", "measures.indecision"},
    {"measures.intervention"},
    {"measures.recovery"},
    {"evidence"},
    {"claims", "examples", "motion", "sprites"},
    {"phenomena"},
    {"film", "vectors", "downloads"},
    {"mathematics"},
    {"figures", "bibliography", "glossary"},
    {"axes", "card", "multiples"},
    {"charts", "curves", "scatters"},
    {"plates"},
    {"articles", "gallery"},
    {"metadata", "templates"},
    {"feed"},
    {"assets"},
    {"pages"},
    # These two put the rooms to work, with the store and the crew; build.py tells the story.
    {"work"},
    {"stages", "edition"},
]
# These serve every stage and know none of those in the order; the swap of the site is the store's.
APART = {
    "store": set(),
    "swap": {"store"},
    "shelf": {"store"},
    "stopping": set(),
    "crew": {"stopping"},
    "command_line": {"crew", "metadata", "spec"},
    "mistake": set(),
    "serve": {"swap"},
    "watch": {"stopping", "mistake", "serve", "spec"},
    "links": {"spec"},
    "starter": {"spec"},
    "closing": {"store", "phenomena", "measures.claim"},
}


def room_of(path: Path) -> str:
    """A room's name: its path within the house, with dots."""
    return ".".join(path.relative_to(GINN).with_suffix("").parts)


ROOMS = {room_of(path) for path in GINN.rglob("*.py") if path.stem != "__init__"}


def imported(room: str) -> tuple[set[str], set[str]]:
    """The rooms that a room imports, and the top-level packages."""
    rooms: set[str] = set()
    packages: set[str] = set()
    path = GINN.joinpath(*room.split(".")).with_suffix(".py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            package = module in {"ginn", "ginn.measures"}
            names = [f"{module}.{alias.name}" for alias in node.names] if package else [module]
        else:
            continue
        for name in names:
            first, _, rest = name.partition(".")
            if first == "ginn":
                rooms.add(rest)
            else:
                packages.add(first)
    return rooms, packages


def test_every_room_has_its_place() -> None:
    placed = set().union(*ORDER) | set(APART)
    assert placed == ROOMS


@pytest.mark.parametrize("room", sorted(set().union(*ORDER)))
def test_a_room_imports_only_what_stands_to_its_left(room: str) -> None:
    place = next(i for i, row in enumerate(ORDER) if room in row)
    allowed = set().union(*ORDER[:place])
    # A worker loads torch when there is something to train, and the stages use what serves them.
    allowed -= {"train"} if room not in ("train", "work") else set()
    allowed |= (
        {"store", "shelf", "crew", "links"} if room in ("work", "stages", "edition") else set()
    )
    assert imported(room)[0] <= allowed


@pytest.mark.parametrize("room", sorted(APART))
def test_what_stands_apart_knows_no_other_room(room: str) -> None:
    assert imported(room)[0] <= APART[room]


def test_only_training_imports_torch() -> None:
    users = {room for room in ROOMS if "torch" in imported(room)[1]}
    assert users == {"train"}
    assert "numpy" in imported("geometry")[1]
    assert imported("geometry")[1] <= {
        "__future__",
        "collections",
        "dataclasses",
        "typing",
        "numpy",
    }


def test_a_build_with_nothing_to_train_never_loads_torch() -> None:
    code = "import build, sys; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
