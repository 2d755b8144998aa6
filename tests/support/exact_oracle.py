"""The exact boundaries of a network from Python's integers: the oracle of the tracer.

Convex polygons are cut one at a time, neuron by neuron, and each polygon has its own affine
function of every neuron. Nothing is shared with `ginn.geometry`. A point is (x, y, w), which stands
for (x / w, y / w) with w above zero; an affine function is (a, b, c).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Any

from ginn.network.run import RecordedRun

Point = tuple[int, int, int]
Function = tuple[int, int, int]
Name = Any  # a vertex by how it was made, so that neighbours have the same name for it
LEFT, TOP, RIGHT, BOTTOM = -1, -2, -3, -4


@dataclass(frozen=True)
class Polygon:
    """A cell, anticlockwise in (x, y), and the activation of each neuron of the layer before.

    Side i runs from vertex i to the next and lies on `owners[i]`.
    """

    names: tuple[Name, ...]
    points: tuple[Point, ...]
    owners: tuple[int, ...]
    activations: tuple[Function, ...]


@dataclass(frozen=True)
class Line:
    """A polyline: positions, causes, and whether it is closed."""

    points: list[tuple[Fraction, Fraction]]
    causes: list[int]
    closed: bool


@dataclass(frozen=True)
class Traced:
    """The polylines of every neuron, the regions, and each neuron's state at (0, 0)."""

    lines: list[list[Line]]
    doubled_areas: list[Fraction]
    corner: list[bool]


def traced(run: RecordedRun, snapshot: int = 0) -> Traced:
    """The boundaries of one snapshot of a run."""
    corners: tuple[Point, ...] = ((0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1))
    sides = (TOP, RIGHT, BOTTOM, LEFT)
    cells = [Polygon((0, 1, 2, 3), corners, sides, ((1, 0, 0), (0, 1, 0)))]
    lines: list[list[Line]] = []
    corner: list[bool] = []
    at_corner, power = [0, 0], 0
    for weight, bias in zip(*run.at(snapshot), strict=True):
        rows, power, offsets = _as_integers(weight.tolist(), bias.tolist(), power)
        first = len(lines)
        values = [
            sum(w * a for w, a in zip(row, at_corner, strict=True)) + offset
            for row, offset in zip(rows, offsets, strict=True)
        ]
        corner += [value > 0 for value in values]
        at_corner = [max(value, 0) for value in values]
        functions = [_functions(cell.activations, rows, offsets) for cell in cells]
        for neuron in range(len(rows)):
            lines.append(_lines(cells, [each[neuron] for each in functions]))
        cells = [
            part
            for cell, own in zip(cells, functions, strict=True)
            for part in _cut_by_layer(cell, own, first)
        ]
        if len(lines) == sum(run.widths):
            doubled_areas = [area for cell in cells if (area := _doubled_area(cell)) > 0]
    return Traced(lines, doubled_areas, corner)


def _as_integers(
    weight: list[list[float]], bias: list[float], power: int
) -> tuple[list[list[int]], int, list[int]]:
    """A layer's weights and biases times powers of two; `power` is that of the layer before."""
    numbers = [Fraction(w) for row in weight for w in row]
    numbers += [Fraction(b) / 2**power for b in bias]
    own = max(number.denominator.bit_length() - 1 for number in numbers)
    rows = [[int(Fraction(w) * 2**own) for w in row] for row in weight]
    return rows, power + own, [int(Fraction(b) * 2 ** (power + own)) for b in bias]


def _functions(
    activations: tuple[Function, ...], rows: list[list[int]], offsets: list[int]
) -> list[Function]:
    found = []
    for row, offset in zip(rows, offsets, strict=True):
        a, b, c = (sum(w * f[k] for w, f in zip(row, activations, strict=True)) for k in range(3))
        found.append((a, b, c + offset))
    return found


def _value(function: Function, point: Point) -> int:
    return sum(f * p for f, p in zip(function, point, strict=True))


def _crossing(tail: Point, head: Point, at_tail: int, at_head: int) -> Point:
    """Where a function is zero between two points."""
    x, y, w = (abs(at_head) * t + abs(at_tail) * h for t, h in zip(tail, head, strict=True))
    common = gcd(x, y, w)
    return x // common, y // common, w // common


def _cut_by_layer(cell: Polygon, functions: list[Function], first: int) -> list[Polygon]:
    parts = [Polygon(cell.names, cell.points, cell.owners, ())]
    for number, function in enumerate(functions):
        parts = [half for part in parts for half in _halves(part, function, first + number)]
    return parts


def _halves(cell: Polygon, function: Function, neuron: int) -> list[Polygon]:
    """The parts of a cell where a neuron is on, and where it is off."""
    values = [_value(function, point) for point in cell.points]
    count = len(values)
    halves = []
    for wanted in (True, False):
        names, points, owners = [], [], []
        for i in range(count):
            j = (i + 1) % count
            inside, follows = (values[i] > 0) is wanted, (values[j] > 0) is wanted
            if inside:
                names.append(cell.names[i])
                points.append(cell.points[i])
                owners.append(cell.owners[i])
            if inside is not follows:
                names.append((neuron, frozenset((cell.names[i], cell.names[j]))))
                points.append(_crossing(cell.points[i], cell.points[j], values[i], values[j]))
                # If the polygon leaves the part here, the part's next side is the boundary.
                owners.append(neuron if inside else cell.owners[i])
        if names:
            activation = function if wanted else (0, 0, 0)
            halves.append(
                Polygon(tuple(names), tuple(points), tuple(owners), (*cell.activations, activation))
            )
    return halves


def _lines(cells: list[Polygon], functions: list[Function]) -> list[Line]:
    """The polylines of one neuron, from its affine function on each cell."""
    leads: dict[Name, Name] = {}  # entered side of a cell -> side by which the boundary leaves it
    places: dict[Name, tuple[tuple[Fraction, Fraction], int]] = {}
    for cell, function in zip(cells, functions, strict=True):
        values = [_value(function, point) for point in cell.points]
        ends: dict[bool, Name] = {}
        for i, value in enumerate(values):
            j = (i + 1) % len(values)
            if (value > 0) == (values[j] > 0):
                continue
            side = frozenset((cell.names[i], cell.names[j]))
            x, y, w = _crossing(cell.points[i], cell.points[j], value, values[j])
            places[side] = (Fraction(x, w), Fraction(y, w)), cell.owners[i]
            assert (value > 0) not in ends, "a convex cell is entered once"
            ends[value > 0] = side
        if ends:
            leads[ends[True]] = ends[False]
    lines = []
    for start in leads.keys() - set(leads.values()):
        chain = [start]
        while chain[-1] in leads:
            chain.append(leads.pop(chain[-1]))
        lines.append(_line([places[side] for side in chain], closed=False))
    while leads:
        chain = [next(iter(leads))]
        while chain[-1] in leads:
            chain.append(leads.pop(chain[-1]))
        lines.append(_line([places[side] for side in chain[:-1]], closed=True))
    return lines


def _line(places: list[tuple[tuple[Fraction, Fraction], int]], closed: bool) -> Line:
    return Line([point for point, _ in places], [cause for _, cause in places], closed)


def _doubled_area(cell: Polygon) -> Fraction:
    doubled = Fraction(0)
    for (x, y, w), (x1, y1, w1) in zip(cell.points, cell.points[1:] + cell.points[:1], strict=True):
        doubled += Fraction(x * y1 - x1 * y, w * w1)
    return doubled


def disagreement(expected: Traced, found: Any, snapshot: int, tolerance: float) -> str:
    """What differs between the oracle and a `Boundaries` at one snapshot; empty if nothing does."""
    if found.regions[snapshot] != len(expected.doubled_areas):
        return f"regions {found.regions[snapshot]}, exactly {len(expected.doubled_areas)}"
    if found.corners[snapshot].tolist() != expected.corner:
        return f"corner {found.corners[snapshot].tolist()}, exactly {expected.corner}"
    for neuron, lines in enumerate(expected.lines):
        left = list(found.polylines(snapshot, neuron))
        if len(left) != len(lines):
            return f"neuron {neuron}: {len(left)} polylines, exactly {len(lines)}"
        for line in lines:
            same = [n for n, each in enumerate(left) if _same(line, each, tolerance)]
            if not same:
                return f"neuron {neuron}: no polyline is {line}, of {left}"
            del left[same[0]]
    return ""


def _same(line: Line, polyline: Any, tolerance: float) -> bool:
    count = len(line.causes)
    if line.closed != polyline.closed or count != len(polyline.causes):
        return False
    causes, places = polyline.causes.tolist(), polyline.vertices.tolist()
    allowed = Fraction(tolerance)
    return any(
        causes[turn:] + causes[:turn] == line.causes
        and all(
            abs(Fraction(x) - point[0]) <= allowed and abs(Fraction(y) - point[1]) <= allowed
            for (x, y), point in zip(places[turn:] + places[:turn], line.points, strict=True)
        )
        for turn in (range(count) if line.closed else (0,))
    )
