"""Where to look: the neurons and moments, in the runs that are shown, that show what claims say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ginn.analysis.claims import corner_kinks, dead_layers, duplicate_neurons, kinks, late_flips
from ginn.analysis.claims.dead_layers import Hearing, last_state
from ginn.dataset.dataset import Dataset
from ginn.geometry.boundaries import Boundaries
from ginn.geometry.cells import overlaps
from ginn.network.run import RecordedRun, layer_slices

# A bend this near a corner, in sides of the domain, is at it.
AT_CORNER = 0.02


@dataclass(frozen=True)
class CornerExample:
    """A last-layer neuron of a run whose line bends near many corners of the picture at the end.

    `near` of `corners` corners have a bend of it within a fiftieth of a side; `causes` are the
    earlier neurons that bend it there. Neurons are numbered as in `network`.
    """

    run: str
    neuron: int
    near: int
    corners: int
    causes: tuple[int, ...]


@dataclass(frozen=True)
class DuplicateExample:
    """Two neurons of one layer, copies at the end of a run and since iteration `since`.

    `distance` of their boundaries is in sides of the domain. Neurons are numbered as in `network`.
    """

    run: str
    first: int
    second: int
    distance: float
    since: int
    pairs: int


@dataclass(frozen=True)
class LateFlipExample:
    """The neuron of a run that flips most late in training, counted as in `network`.

    `flipped` is a share of the domain a snapshot, `moved` what that does to the probability.
    """

    run: str
    neuron: int
    flipped: float
    moved: float


@dataclass(frozen=True)
class DeadLayerExample:
    """A run in which a layer is silent over all of a part from iteration `since` to the end.

    `layer` counts from 1.
    `others_alive` says how many of the `others` full runs have no silent layer there at the end.
    """

    run: str
    part: str
    layer: int
    since: int
    others_alive: int
    others: int


@dataclass(frozen=True)
class Examples:
    """Where to look, in the runs that are shown; None where a build has no such place."""

    corner: CornerExample | None = None
    duplicate: DuplicateExample | None = None
    late_flip: LateFlipExample | None = None
    dead_layer: DeadLayerExample | None = None


def examples_from_json(values: Mapping[str, Any]) -> Examples:
    """The way back from `dataclasses.asdict`."""
    kinds = {
        "corner": CornerExample, "duplicate": DuplicateExample, "late_flip": LateFlipExample,
        "dead_layer": DeadLayerExample,
    }  # fmt: skip
    found = {name: values[name] and kinds[name](**values[name]) for name in kinds}
    if found["corner"]:
        found["corner"] = replace(found["corner"], causes=tuple(found["corner"].causes))
    return Examples(**found)


def examples(
    shown: Mapping[str, RecordedRun],
    boundaries: Mapping[str, Boundaries],
    full_runs: Sequence[RecordedRun],
    dataset: Dataset,
    part: str,
) -> Examples:
    """The places to look at in the runs that are shown (run id -> run, the best first)."""
    return Examples(
        corner=_corner(shown, boundaries, dataset),
        duplicate=_copy(shown, dataset),
        late_flip=_jumper(shown, dataset),
        dead_layer=_silence(
            shown,
            [dead_layers.hearing(last_state(run), dataset, part) for run in full_runs],
            dataset,
            part,
        ),
    )


def _corner(
    shown: Mapping[str, RecordedRun], boundaries: Mapping[str, Boundaries], dataset: Dataset
) -> CornerExample | None:
    """The last layer's neuron, in the first run, that bends near most corners."""
    if not shown or not len(dataset.corners):
        return None
    name, run = next(iter(shown.items()))
    layer = layer_slices(run.widths)[-2]
    found = kinks.kinks(boundaries[name])
    best: CornerExample | None = None
    for neuron in range(layer.start, layer.stop):
        all_bends = corner_kinks.bends_at_corners(found, len(run) - 1, [neuron], dataset.corners)
        near = [bend for bend in all_bends if bend.distance <= AT_CORNER]
        if near and (best is None or len(near) > best.near):
            causes = tuple(sorted({bend.cause for bend in near}))
            best = CornerExample(name, neuron, len(near), len(dataset.corners), causes)
    return best


def _copy(shown: Mapping[str, RecordedRun], dataset: Dataset) -> DuplicateExample | None:
    """The closest pair of copies that have a boundary, in the first run that has one."""
    points = duplicate_neurons.every_other(dataset)
    for name, run in shown.items():
        found = duplicate_neurons.copies(
            run, [duplicate_neurons.likeness(both) for both in overlaps(run)], points
        )
        close = [each for each in found if np.isfinite(each.distance)]
        if close:
            first = min(close, key=lambda each: each.distance)
            start = layer_slices(run.widths)[first.layer].start
            return DuplicateExample(
                name, start + first.first, start + first.second, first.distance, first.since,
                len(found),
            )  # fmt: skip
    return None


def _jumper(shown: Mapping[str, RecordedRun], dataset: Dataset) -> LateFlipExample | None:
    """The neuron that flips most late in training, over all runs shown."""
    points = duplicate_neurons.every_other(dataset)
    best: LateFlipExample | None = None
    for name, run in shown.items():
        flips = late_flips.flips(run, late_flips.window(run, late_flips.LATE), points)
        neuron = int(np.argmax(flips.flipped))
        if flips.flipped[neuron] > (best.flipped if best else 0):
            best = LateFlipExample(
                name, neuron, float(flips.flipped[neuron]), float(flips.moved[neuron])
            )
    return best


def _silence(
    shown: Mapping[str, RecordedRun], full_runs: Sequence[Hearing], dataset: Dataset, part: str
) -> DeadLayerExample | None:
    """The last spell of silence that lasts to the end, in the last run shown that has one."""
    for name, run in reversed(list(shown.items())):
        screened = dead_layers.hearing(run, dataset, part)
        lasting = [spell for spell in dead_layers.spells(screened) if spell.ended is None]
        if lasting:
            others = [each for each in full_runs if each.seed != run.seed]
            still_open = sum(not each.shut[-1] for each in others)
            return DeadLayerExample(
                name, part, lasting[-1].layer + 1, lasting[-1].begun, still_open, len(others)
            )
    return None
