"""The examples of the claims: which neurons and snapshots of the shown runs are chosen."""

from __future__ import annotations

import cmath
import math
from dataclasses import replace

import numpy as np
from support.measured import with_dead_layer, without_corners
from support.runs import trained_run
from support.sample_report import bottle, run_facts, traced

from ginn.analysis.examples import find_examples
from ginn.analysis.facts import NO_EXAMPLES, Examples
from ginn.analysis.outcomes import ScreeningFacts
from ginn.analysis.part_history import part_history
from ginn.dataset.dataset import Dataset
from ginn.geometry.boundaries import trace
from ginn.network.run import RecordedRun, layer_slices

PART = "diamond"
NONE_SCREENED = ScreeningFacts(0, 0, 0, ())


def found(run: RecordedRun) -> Examples:
    """The examples of a build that shows one run."""
    return examples_of(run, bottle(), ended="")


def examples_of(run: RecordedRun, dataset: Dataset, ended: str) -> Examples:
    """The examples of a picture in one run, which is shown."""
    shown = {"seed-0": replace(run_facts(0, False), ended=ended)}
    runs, boundaries = {"seed-0": run}, {"seed-0": trace(run)}
    return find_examples(shown, runs, boundaries, dataset, PART, NONE_SCREENED, {}, {}, None)


def test_corner_example_bends_where_it_says() -> None:
    corner = found(trained_run()).corner
    assert corner
    last = layer_slices(trained_run().widths)[-2]
    assert last.start <= corner.neuron < last.stop
    assert 0 < corner.near <= corner.corners == len(bottle().corners)
    assert corner.causes
    assert all(cause < last.start for cause in corner.causes)
    bends = [
        (line.vertices[at], degrees_of(line.vertices[at - 1 : at + 2]), int(line.causes[at]))
        for line in traced().polylines(len(trained_run()) - 1, corner.neuron)
        for at in range(1, len(line.vertices) - 1)
    ]
    clear = [(place, cause) for place, angle, cause in bends if angle >= corner.turn]
    apart = np.array([[math.dist(place, each) for place, _ in clear] for each in bottle().corners])
    assert corner.near == (apart.min(axis=1) <= 0.02).sum()
    nearest = apart.min(axis=0)
    told = {cause for (_, cause), near in zip(clear, nearest, strict=True) if near <= 0.02}
    assert set(corner.causes) == told


def degrees_of(places: np.ndarray) -> float:
    """How far a line turns at the second of three places, in degrees."""
    first, second = np.diff(places, axis=0) @ (1, 1j)
    return abs(math.degrees(cmath.phase(second / first)))


def test_corner_example_of_a_picture_without_corners_is_none() -> None:
    assert examples_of(trained_run(), without_corners(bottle()), ended="").corner is None


def test_examples_of_a_run_that_ended_early_are_none() -> None:
    assert examples_of(trained_run(), bottle(), ended="no longer finite") == NO_EXAMPLES


def copied(run: RecordedRun) -> RecordedRun:
    """The run, changed so that the first two neurons of layer 2 are equal."""
    weights, biases = [w.copy() for w in run.weights], [b.copy() for b in run.biases]
    weights[1][:, 1], biases[1][:, 1] = weights[1][:, 0], biases[1][:, 0]
    return replace(run, weights=tuple(weights), biases=tuple(biases))


def test_duplicate_example_is_the_pair_that_was_made_one() -> None:
    run = copied(trained_run())
    first = layer_slices(run.widths)[1].start
    copy = found(run).duplicate
    assert copy
    assert (copy.first, copy.second) == (first, first + 1) or copy.distance < 1e-6
    assert copy.pairs >= 1


def test_dead_layer_example_is_the_layer_that_was_made_dead() -> None:
    run = with_dead_layer(trained_run(), 1)
    told = found(run).dead_layer
    assert told
    assert (told.run, told.part, told.layer) == ("seed-0", PART, 2)
    assert told.since == run.iterations[0]
    history = part_history(trained_run(), bottle(), PART)
    assert (found(trained_run()).dead_layer is not None) == bool(history.has_dead_layer[-1])
