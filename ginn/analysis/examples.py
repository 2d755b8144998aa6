"""Examples of the claims: neurons and snapshots of the shown runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ginn.analysis.claims import duplicate_neurons, kinks, late_flips
from ginn.analysis.claims.dead_layers import layer_gradients
from ginn.analysis.claims.revival import InterventionRun
from ginn.analysis.facts import (
    CornerExample,
    DeadLayerExample,
    DuplicateExample,
    Examples,
    LateFlipExample,
    SizesExample,
)
from ginn.analysis.outcomes import RunFacts, ScreeningFacts
from ginn.analysis.part_history import PartHistory, dead_periods, part_history, part_points
from ginn.analysis.pictured import find_beginnings, find_twins
from ginn.dataset.dataset import Dataset
from ginn.elementary import hypotenuse
from ginn.geometry.boundaries import Boundaries
from ginn.geometry.cells import overlaps
from ginn.network.forward import pre_activations, probability
from ginn.network.run import RecordedRun, last_state, layer_slices

# A bend at most this far from a corner (sides of the domain) counts as a bend at the corner.
AT_CORNER = 0.02
# Degrees: smaller bends are hardly seen in a figure, so it does not name their causes.
CLEAR_BEND = 10.0


def find_examples(
    shown_runs: Mapping[str, RunFacts],
    full_runs: Mapping[str, RecordedRun],
    boundaries: Mapping[str, Boundaries],
    dataset: Dataset,
    part: str,
    screening: ScreeningFacts,
    interventions: Mapping[str, Sequence[InterventionRun]],
    intervention_runs: Mapping[str, RecordedRun],
    sizes: SizesExample | None,
) -> Examples:
    """The examples in the shown runs, which come with the best first, and those of other runs.

    Runs that ended early are left out.
    """
    shown = {name: full_runs[name] for name, outcome in shown_runs.items() if not outcome.ended}
    ends = [part_history(last_state(run), dataset, part) for run in full_runs.values()]
    return Examples(
        corner=_corner(shown, boundaries, dataset),
        duplicate=_duplicate(shown, dataset),
        late_flip=_late_flip(shown, dataset),
        dead_layer=_dead_layer(shown, ends, dataset, part),
        beginnings=find_beginnings(screening),
        twins=find_twins(interventions, intervention_runs, dataset),
        sizes=sizes,
    )


def _corner(
    shown: Mapping[str, RecordedRun], boundaries: Mapping[str, Boundaries], dataset: Dataset
) -> CornerExample | None:
    """The neuron of the first run's last layer whose boundary bends at the most corners."""
    if not shown or not len(dataset.corners):
        return None
    name, run = next(iter(shown.items()))
    layer = layer_slices(run.widths)[-2]
    found = kinks.kinks(boundaries[name])
    clear = (found.snapshot == len(run) - 1) & (found.angle >= CLEAR_BEND)
    best: CornerExample | None = None
    for neuron in range(layer.start, layer.stop):
        own = clear & (found.neuron == neuron)
        apart = found.place[own] - dataset.corners[:, None]  # (C, M, 2)
        at_corner = hypotenuse(*np.moveaxis(apart, -1, 0)) <= AT_CORNER
        near = int(at_corner.any(axis=1).sum())
        if near and (best is None or near > best.near):
            causes = np.unique(found.cause[own][at_corner.any(axis=0)])
            corners = len(dataset.corners)
            best = CornerExample(name, neuron, near, corners, tuple(causes.tolist()), CLEAR_BEND)
    return best


def _duplicate(shown: Mapping[str, RecordedRun], dataset: Dataset) -> DuplicateExample | None:
    """The closest pair of duplicates with boundaries, in the first run that has such a pair."""
    points = duplicate_neurons.every_other(dataset)
    for name, run in shown.items():
        found = duplicate_neurons.duplicates(
            run, [duplicate_neurons.likeness(both) for both in overlaps(run)], points
        )
        close = [each for each in found if np.isfinite(each.distance)]
        if close:
            first = min(close, key=lambda each: each.distance)
            start = layer_slices(run.widths)[first.layer].start
            return DuplicateExample(
                run=name,
                first=start + first.first,
                second=start + first.second,
                distance=first.distance,
                since=first.since,
                pairs=len(found),
            )
    return None


def _late_flip(shown: Mapping[str, RecordedRun], dataset: Dataset) -> LateFlipExample | None:
    """The neuron that flips most late in training, in all shown runs; None without late steps."""
    points = duplicate_neurons.every_other(dataset)
    best: LateFlipExample | None = None
    for name, run in shown.items():
        if not (steps := late_flips.window(run, late_flips.LATE)):
            continue
        flips = late_flips.flips(run, steps, points)
        neuron = int(np.argmax(flips.flipped))
        if flips.flipped[neuron] > (best.flipped if best else 0):
            flipped, moved = float(flips.flipped[neuron]), float(flips.moved[neuron])
            best = LateFlipExample(name, neuron, flipped, moved)
    return best


def _dead_layer(
    shown: Mapping[str, RecordedRun], ends: Sequence[PartHistory], dataset: Dataset, part: str
) -> DeadLayerExample | None:
    """The last dead period that lasts to the end, in the last shown run that has one.

    `ends` has the histories of all full runs at their last snapshots.
    """
    for name, run in reversed(list(shown.items())):
        periods = dead_periods(part_history(run, dataset, part))
        lasting = [period for period in periods if period.ended is None]
        if lasting:
            others = [each for each in ends if each.seed != run.seed]
            points, white = part_points(dataset, part)
            *hidden, logit = pre_activations(*run.at(-1), points)
            return DeadLayerExample(
                run=name,
                part=part,
                layer=lasting[-1].layer,
                since=lasting[-1].begun,
                others_alive=sum(not each.has_dead_layer[-1] for each in others),
                others=len(others),
                neurons_on=tuple(int((each > 0).any(axis=0).sum()) for each in hidden),
                gradients=tuple(layer_gradients(run, -1, points, white).tolist()),
                white=float(probability(logit[:1, 0])[0]),
            )
    return None
