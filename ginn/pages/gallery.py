"""The explorer's gallery: example scenes from the facts, each with its view state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ginn.figures.names import run_in_sentence, run_title
from ginn.figures.network_figure import Scene
from ginn.figures.selection import select_snapshot
from ginn.network.run import layer_slices
from ginn.pages.report import Report
from ginn.pages.view_state import ViewState, state_of


@dataclass(frozen=True)
class Place:
    """One entry: its title, a sentence, the scene, and the view state that shows it."""

    title: str
    sentence: str
    scene: Scene
    state: ViewState


def gallery(report: Report) -> tuple[Place, ...]:
    """All entries of this report. Examples have entries only if they were found."""
    return (*_runs(report), *_examples(report))


def _place(
    report: Report, key: str, scene: Scene, state: ViewState | None = None, **values: object
) -> Place:
    """The entry whose words have this key; `state` is that of the scene, if it is not given."""
    words = report.words
    text = words.say(f"explore.{key}-text", **values)
    return Place(words.say(f"explore.{key}"), text, scene, state or state_of(scene))


def _runs(report: Report) -> Iterator[Place]:
    """The entries of the best run in the middle of training, and of the best and the worst run."""
    words = report.words
    best, *others = report.facts.experiment.shown_runs
    half = select_snapshot("loss 50%", report.snapshots[best.id])
    scene = report.scene(best, half, tuple(range(report.boundaries[best.id].neurons)))
    iteration = words.iteration(scene.iteration)
    yield _place(report, "half-way", scene, run=run_title(best, words), iteration=iteration)
    if others:
        other = others[-1]
        state = replace(state_of(report.last_scene(best)), beside=other.id)
        yield _place(
            report,
            "side-by-side",
            report.last_scene(other),
            state,
            best=run_title(best, words),
            other=run_in_sentence(other, words),
        )


def _examples(report: Report) -> Iterator[Place]:
    """The entries of the examples in the facts."""
    runs = {run.id: run for run in report.facts.experiment.shown_runs}
    look, words = report.facts.examples, report.words
    if look.corner:
        chosen, causes = (look.corner.neuron, *look.corner.causes), len(look.corner.causes)
        scene = report.last_scene(runs[look.corner.run], chosen, "target")
        state = replace(state_of(scene), about=look.corner.neuron)
        yield _place(report, "corners", scene, state, count=causes, number=words.in_words(causes))
    if look.duplicate:
        chosen = (look.duplicate.first, look.duplicate.second)
        scene = report.last_scene(runs[look.duplicate.run], chosen)
        yield _place(report, "copycats", scene, iteration=words.iteration(look.duplicate.since))
    if look.dead_layer:
        layer = layer_slices(report.experiment.widths)[look.dead_layer.layer - 1]
        chosen = tuple(range(layer.start, layer.stop))
        scene = report.last_scene(runs[look.dead_layer.run], chosen, "target")
        part = next(part for part in report.dataset.parts if part.name == look.dead_layer.part)
        x, y = report.dataset.points()[part.mask.ravel()].mean(axis=0)
        state = replace(state_of(scene), point=(float(x), float(y)))
        yield _place(
            report, "dead-layer", scene, state, layer=look.dead_layer.layer, part=part.name
        )
    if look.late_flip:
        scene = report.last_scene(runs[look.late_flip.run], (look.late_flip.neuron,))
        yield _place(report, "late-flip", scene, replace(state_of(scene), trail=20))
