"""The explorer's gallery: places worth going to, found by Facts, each a link to that state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ginn import formatting
from ginn.analysis.outcomes import RunFacts
from ginn.figures import network_figure
from ginn.figures.network_figure import Stage
from ginn.network.run import layer_slices, place_of
from ginn.pages.figure_calls import Report, moment


@dataclass(frozen=True)
class Place:
    """A place: what is to be seen there in a few words and in a sentence, and the stage itself.

    `address` is the explorer's state, relative to the site's root.
    """

    title: str
    sentence: str
    stage: Stage
    address: str


def gallery(report: Report) -> tuple[Place, ...]:
    """Every place that this build has; a build without copycats has none of these, and so on."""
    return tuple(_places(report))


def _places(report: Report) -> Iterator[Place]:
    runs = {run.id: run for run in report.facts.experiment.shown_runs}
    look = report.facts.examples
    best = next(iter(runs.values()))
    everything = tuple(range(report.boundaries[best.id].neurons))
    half = network_figure.select_snapshot("loss 50%", report.snapshots[best.id])
    stage = report.stage(best, half, everything)
    yield Place(
        "Half way",
        f"{best.title} at {formatting.iteration(stage.iteration)}: half of what it will learn, "
        "by the logarithm of its loss.",
        stage,
        moment(stage, report.explorer),
    )
    others = [run for run in runs.values() if run.id != best.id]
    if others:
        other = others[-1]
        stage = _end(report, other, everything)
        compared = _end(report, best, everything)
        yield Place(
            "Side by side",
            f"{best.title} and {other.called} at their ends, side by side.",
            stage,
            f"{moment(compared, report.explorer)}&beside={other.id}",
        )
    if look.corner:
        chosen = (look.corner.neuron, *look.corner.causes)
        stage = _end(report, runs[look.corner.run], chosen, "target")
        layer, unit = place_of(report.experiment.widths, look.corner.neuron)
        yield Place(
            "Bent at the corners",
            f"One line of the last layer, and {formatting.words(len(look.corner.causes), 'line')} "
            "that bend it at corners of the picture.",
            stage,
            f"{moment(stage, report.explorer)}&about={layer}.{unit}",
        )
    if look.duplicate:
        stage = _end(
            report, runs[look.duplicate.run], (look.duplicate.first, look.duplicate.second)
        )
        yield Place(
            "Copycats",
            "Two neurons with nearly one boundary, since "
            f"{formatting.iteration(look.duplicate.since)}.",
            stage,
            moment(stage, report.explorer),
        )
    if look.dead_layer:
        silent = layer_slices(report.experiment.widths)[look.dead_layer.layer - 1]
        chosen = tuple(range(silent.start, silent.stop))
        stage = _end(report, runs[look.dead_layer.run], chosen, "target")
        part = next(part for part in report.dataset.parts if part.name == look.dead_layer.part)
        x, y = report.dataset.points()[part.mask.ravel()].mean(axis=0)
        yield Place(
            "A silent layer",
            f"All of layer {look.dead_layer.layer} is off over the {part.name}: no line of it "
            "is there.",
            stage,
            f"{moment(stage, report.explorer)}&point={x:.5f},{y:.5f}",
        )
    if look.late_flip:
        stage = _end(report, runs[look.late_flip.run], (look.late_flip.neuron,))
        yield Place(
            "The last to rest",
            "The neuron whose boundary moves most late in training, with its trail.",
            stage,
            f"{moment(stage, report.explorer)}&trail=20",
        )


def _end(
    report: Report, run: RunFacts, neurons: tuple[int, ...], background: str = "output"
) -> Stage:
    """A run's last moment."""
    return report.stage(run, len(report.snapshots[run.id]) - 1, neurons, background)
