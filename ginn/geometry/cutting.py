"""Loops that cut a subdivision: its vertices, edges, lines and cells, in flat arrays.

The arrays are those of `subdivision.Subdivision`, whose docstring says what they hold. Axes: V
vertices, E edges, L lines, C cells.

A crossed edge becomes two edges with a new vertex between them. A cut cell keeps its number for its
on part. Its off part is a new cell, and the new edge between the two is the chord, which lies on a
line of its own.
"""

from __future__ import annotations

from typing import Any

from ginn.geometry.compiled import loop

# The cell that stands for everything beyond the domain.
OUTSIDE = 0
# Rows of `edges`.
TAIL, HEAD, LINE, ON_LEFT, ON_RIGHT, OWNER = range(6)
# Rows of `made`, which holds for each vertex its snapshot, the ends of the edge on which it was
# made, the line and the owner of that edge, and the neuron whose boundary crossed it.
SNAPSHOT, MADE_TAIL, MADE_HEAD, MADE_ON, FIRST_OWNER, SECOND_OWNER = range(6)
# Entries of `counts`.
VERTICES, EDGES, LINES, CELLS = range(4)
# Rows of `scratch`: the crossed edges; for each cell that is cut, the vertex at which the boundary
# enters it; and for each cell, the cell of its off part. Between cuts, a cell is its own off part.
CROSSED, INTO, OFF_PART = range(3)
# Rows of `values` after x and y: the number that the arithmetic needs, such as a bound of errors,
# and the first pre-activation.
ERROR, FIRST = 2, 3
# Neurons in a word of `cell_on`.
BITS = 32


@loop
def cut(
    on: Any, edges: Any, made: Any, line_ends: Any, cell_snapshot: Any, cell_on: Any,
    scratch: Any, counts: Any, owner: int,
) -> int:  # fmt: skip
    """Cut every cell through which a neuron's boundary passes.

    `on` (V,) says at which vertices the neuron is on.

    Returns 0, or the number of crossings if the arrays have no room for them; then nothing is cut.
    """
    first, count, lines, cells = counts[VERTICES], counts[EDGES], counts[LINES], counts[CELLS]
    crossings = 0
    for e in range(count):
        if on[edges[TAIL, e]] != on[edges[HEAD, e]]:
            scratch[CROSSED, crossings] = e
            crossings += 1
    if crossings == 0:
        return 0
    fits = first + crossings <= made.shape[1] and count + 2 * crossings <= edges.shape[1]
    fits = fits and lines + crossings <= line_ends.shape[1]
    if not fits or cells + crossings > cell_snapshot.shape[0]:
        return crossings
    for i in range(crossings):
        e, vertex, half = scratch[CROSSED, i], first + i, count + i
        tail, head = edges[TAIL, e], edges[HEAD, e]
        made[SNAPSHOT, vertex], made[MADE_ON, vertex] = made[SNAPSHOT, tail], edges[LINE, e]
        made[MADE_TAIL, vertex], made[MADE_HEAD, vertex] = tail, head
        made[FIRST_OWNER, vertex], made[SECOND_OWNER, vertex] = edges[OWNER, e], owner
        # The entry of a crossed edge becomes its tail half; its head half is at the end.
        for row in range(6):
            edges[row, half] = edges[row, e]
        edges[TAIL, half] = edges[HEAD, e] = vertex
        scratch[INTO, edges[ON_LEFT if on[tail] else ON_RIGHT, e]] = vertex
    # The off part of every cut cell gets a new number, in order of the crossings.
    chord = count + crossings
    for i in range(crossings):
        e = scratch[CROSSED, i]
        cell = edges[ON_RIGHT if on[edges[TAIL, e]] else ON_LEFT, e]
        if cell == OUTSIDE:
            continue
        edges[TAIL, chord] = line_ends[0, lines] = scratch[INTO, cell]
        edges[HEAD, chord] = line_ends[1, lines] = first + i
        edges[LINE, chord], edges[OWNER, chord] = lines, owner
        edges[ON_LEFT, chord], edges[ON_RIGHT, chord] = cell, cells
        scratch[OFF_PART, cell] = cells
        cell_snapshot[cells] = cell_snapshot[cell]
        for word in range(cell_on.shape[0]):
            cell_on[word, cells] = cell_on[word, cell]
        chord, lines, cells = chord + 1, lines + 1, cells + 1
    # An edge borders off parts if its old end is off: the tail, or in a head half the head.
    for e in range(count + crossings):
        if not on[edges[TAIL if e < count else HEAD, e]]:
            edges[ON_LEFT, e] = scratch[OFF_PART, edges[ON_LEFT, e]]
            edges[ON_RIGHT, e] = scratch[OFF_PART, edges[ON_RIGHT, e]]
    # Each cut cell is its own off part again.
    for e in range(count + crossings, chord):
        scratch[OFF_PART, edges[ON_LEFT, e]] = edges[ON_LEFT, e]
    counts[VERTICES], counts[EDGES] = first + crossings, chord
    counts[LINES], counts[CELLS] = lines, cells
    return 0


@loop
def cut_layer(
    values: Any, on: Any, fraction: Any, edges: Any, made: Any, line_ends: Any,
    cell_snapshot: Any, cell_on: Any, scratch: Any, counts: Any, first_neuron: int, neuron: int,
    stop: int,
) -> tuple[int, int]:  # fmt: skip
    """Cut by the neurons of a layer from `neuron` up to `stop`, and interpolate `values`.

    Returns the next neuron to cut by, and 0 or the crossings for which the arrays have no room.
    """
    for j in range(neuron, stop):
        row, first = FIRST + j, counts[VERTICES]
        for v in range(first):
            on[v] = values[row, v] > 0.0
        crossings = cut(
            on, edges, made, line_ends, cell_snapshot, cell_on, scratch, counts, first_neuron + j
        )
        if crossings > 0:
            return j, crossings
        last = counts[VERTICES]
        for v in range(first, last):
            value, other = values[row, made[MADE_TAIL, v]], values[row, made[MADE_HEAD, v]]
            fraction[0, v] = value / (value - other)
            fraction[1, v] = 1.0 - fraction[0, v]
            # Very near the head. A factor of 0 would lose the sign of the tail's value.
            if fraction[1, v] == 0.0:
                fraction[1, v] = other / (other - value)
        for r in range(values.shape[0]):
            for v in range(first, last):
                # Unlike tail + t (head - tail), this form keeps a sign that both ends have.
                at_tail = fraction[1, v] * values[r, made[MADE_TAIL, v]]
                values[r, v] = at_tail + fraction[0, v] * values[r, made[MADE_HEAD, v]]
        for v in range(first, last):
            tail, head = values[ERROR, made[MADE_TAIL, v]], values[ERROR, made[MADE_HEAD, v]]
            values[ERROR, v] = max(tail, head)
            values[row, v] = 0.0
    return stop, 0


@loop
def mark_cells(on: Any, edges: Any, edge_count: int, words: Any, cell_on: Any) -> None:
    """Note in `cell_on` (words, C) which neurons are on in each cell.

    A neuron is on in a cell if it is on at a vertex of the cell, by `on` (width, V). Bit i of word
    w stands for neuron BITS w + i. `words` (V,) is overwritten.
    """
    for word in range(cell_on.shape[0]):
        words[:] = 0
        for j in range(BITS * word, min(BITS * (word + 1), on.shape[0])):
            for v in range(on.shape[1]):
                if on[j, v]:
                    words[v] |= 1 << (j - BITS * word)
        for e in range(edge_count):
            both = words[edges[TAIL, e]] | words[edges[HEAD, e]]
            cell_on[word, edges[ON_LEFT, e]] |= both
            cell_on[word, edges[ON_RIGHT, e]] |= both


@loop
def chains(
    on: Any, edges: Any, edge_count: int, following: Any, crossing: Any, order: Any, starts: Any
) -> tuple[int, int]:
    """The polylines of a layer, from the signs `on` (width, V).

    Returns the number of crossings M and of polylines P. Sets `order` (2, M): the neuron and edge
    of each crossing, along the polylines; and `starts` (2, P): where each begins in `order`, and
    whether it is a ring. Crossings and polylines for which these have no room are only counted.
    `following` (C,) and `crossing` (4, E) are overwritten: the crossing by which a polyline leaves
    a cell; and for each crossing its edge, the cells before and after it, and a mark. The mark is 1
    on an open polyline, 0 on a ring, and 2 for a crossing that is in `order` already.
    """
    found = pieces = 0
    for j in range(on.shape[0]):
        count = 0
        for e in range(edge_count):
            tail_on = on[j, edges[TAIL, e]]
            if tail_on != on[j, edges[HEAD, e]]:
                before, after = edges[ON_RIGHT, e], edges[ON_LEFT, e]
                if not tail_on:
                    before, after = after, before
                if before != OUTSIDE:
                    following[before] = count
                crossing[0, count], crossing[1, count], crossing[2, count] = e, before, after
                crossing[3, count] = 0
                count += 1
        # Mark the crossings on open polylines.
        for i in range(count):
            if crossing[1, i] == OUTSIDE:
                k = i
                crossing[3, k] = 1
                while crossing[2, k] != OUTSIDE:
                    k = following[crossing[2, k]]
                    crossing[3, k] = 1
        for i in range(count):
            ring = crossing[3, i] == 0
            if not ring and crossing[1, i] != OUTSIDE:
                continue
            if pieces < starts.shape[1]:
                starts[0, pieces], starts[1, pieces] = found, ring
            pieces += 1
            k = i
            while True:
                if found < order.shape[1]:
                    order[0, found], order[1, found] = j, crossing[0, k]
                crossing[3, k] = 2
                found += 1
                if crossing[2, k] == OUTSIDE:
                    break
                k = following[crossing[2, k]]
                if k == i:
                    break
    return found, pieces
