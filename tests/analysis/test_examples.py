"""Where to look: places that show what the claims say."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace

import numpy as np
from analysis.test_claims_table import plain, silenced
from support.runs import trained_run
from support.sample_report import bottle, traced

from ginn.analysis.claims import dead_layers
from ginn.analysis.examples import Examples, examples, examples_from_json
from ginn.geometry.boundaries import trace
from ginn.network.run import RecordedRun, layer_slices

PART = "diamond"


def found(run: RecordedRun) -> Examples:
    """The examples of a build that shows one run."""
    return examples({"seed-0": run}, {"seed-0": trace(run)}, [run], bottle(), PART)


def test_the_corner_example_bends_where_it_says() -> None:
    corner = found(trained_run()).corner
    assert corner
    last = layer_slices(trained_run().widths)[-2]
    assert last.start <= corner.neuron < last.stop
    assert 0 < corner.near <= corner.corners == len(bottle().corners)
    assert corner.causes
    assert all(cause < last.start for cause in corner.causes)
    places = [
        (vertex, int(cause))
        for line in traced().polylines(len(trained_run()) - 1, corner.neuron)
        for vertex, cause in zip(line.vertices, line.causes, strict=True)
    ]
    for cause in corner.causes:
        near = [
            np.hypot(*(bottle().corners - vertex).T).min() for vertex, by in places if by == cause
        ]
        assert min(near) <= 0.02


def test_no_corners_no_example() -> None:
    run = trained_run()
    told = examples({"seed-0": run}, {"seed-0": traced()}, [run], plain(bottle()), PART)
    assert told.corner is None


def copied(run: RecordedRun) -> RecordedRun:
    """The run whose second layer's first two neurons are one."""
    weights, biases = [w.copy() for w in run.weights], [b.copy() for b in run.biases]
    weights[1][:, 1], biases[1][:, 1] = weights[1][:, 0], biases[1][:, 0]
    return replace(run, weights=tuple(weights), biases=tuple(biases))


def test_two_neurons_made_one_are_the_copies() -> None:
    run = copied(trained_run())
    first = layer_slices(run.widths)[1].start
    copy = found(run).duplicate
    assert copy
    assert (copy.first, copy.second) == (first, first + 1) or copy.distance < 1e-6
    assert copy.pairs >= 1


def test_a_layer_silenced_is_the_silent_one() -> None:
    run = silenced(trained_run(), 1)
    told = found(run).dead_layer
    assert told
    assert (told.run, told.part, told.layer) == ("seed-0", PART, 2)
    assert told.since == run.iterations[0]
    screened = dead_layers.hearing(trained_run(), bottle(), PART)
    assert (found(trained_run()).dead_layer is not None) == bool(screened.shut[-1])


def test_examples_survive_the_store() -> None:
    for run in (trained_run(), copied(trained_run()), silenced(trained_run(), 1)):
        told = found(run)
        again = examples_from_json(json.loads(json.dumps(dataclasses.asdict(told))))
        assert again == told
    assert examples_from_json(dataclasses.asdict(Examples())) == Examples()
