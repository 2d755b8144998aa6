"""The views that an author can call: a table from names to functions that return images.

An image has a text alternative. The image of a network also has the view state with which the
explorer shows the same. An image is drawn only when a page is made that contains it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Annotated, Any, get_args

import numpy as np
from annotated_types import Ge
from pydantic import TypeAdapter

from ginn.analysis.evidence import Evidence
from ginn.config.validation import Allowed
from ginn.errors import AuthorError, meant, quoted
from ginn.figures import (
    dead_layer_charts,
    line_charts,
    network_figure,
    parts_figure,
    rate_charts,
    scatter_charts,
    small_multiples,
    survival_charts,
    training_charts,
)
from ginn.figures.names import run_title, selection_name
from ginn.figures.network_figure import Scene
from ginn.figures.selection import (
    MOST_ZOOM,
    Background,
    Detail,
    select_background,
    select_detail,
    select_neurons,
    select_snapshot,
)
from ginn.figures.svg import Svg
from ginn.pages import by_hand_view, calls, pictured_views
from ginn.pages.figure_image import FigureImage
from ginn.pages.parameters import About, Parameter, parameters_of
from ginn.pages.report import Report
from ginn.pages.view_state import state_of

NARROW, WIDE = 340, 680  # px, the widths of charts for phones and for a column of text
# The charts of evidence, by the name of their series in `facts.evidence`.
EVIDENCE = {
    **line_charts.CHARTS,
    **dead_layer_charts.CHARTS,
    **scatter_charts.CHARTS,
    **rate_charts.CHARTS,
    **survival_charts.CHARTS,
}
# The factors by which lines are wider in images that share a row, by the number of the images. The
# more there are, the smaller each is, and its lines with it.
WEIGHTS = {1: 1.0, 2: 1.25, 3: 1.6}
WEIGHT_OF_MANY = 2.2
STRIP_WEIGHT = 3.0  # the same for the frames of a strip

# Arguments in an article. A list of values makes a row of images.
RUN, STEP = 'the name of a run, such as "good-1"', '"first", "last", an iteration, or "loss 25%"'
NEURONS = '"all", "output", "none", "layer 2", "layer 2 neuron 7", or several with commas'
OF_RUN, OF_STEP = About("The run, by its role or id."), About("The snapshot.")
OF_NEURONS = About("The neurons whose boundaries are drawn.")
Run = Annotated[str, Allowed(f"{RUN}; write one strip for each run"), OF_RUN]
Neurons = Annotated[str, Allowed(f"{NEURONS}; write one strip for each list"), OF_NEURONS]
Runs = Annotated[str | Sequence[str], Allowed(f"{RUN}, or a list of names"), OF_RUN]
Steps = Annotated[str | int | Sequence[str | int], Allowed(f"{STEP}, or a list of these"), OF_STEP]
Selections = Annotated[str | Sequence[str], Allowed(f"{NEURONS}, or a list of these"), OF_NEURONS]
Start = Annotated[
    str | int,
    Allowed(f'{STEP}, or "seen"'),
    About('The first snapshot; "seen" is the first with a boundary of the neurons in the picture.'),
]
End = Annotated[str | int, Allowed(STEP), About("The last snapshot.")]
Frames = Annotated[
    Sequence[str | int],
    Allowed(f"a list of two or more of {STEP}"),
    About("The snapshots. Without them, frames are evenly spaced from `start` to `end`."),
]
Count = Annotated[
    int, Ge(2), Allowed("a whole number from 2 on"), About("The number of evenly spaced frames.")
]
Ground = Annotated[
    str, Allowed(", ".join(get_args(Background))), About("The picture behind the lines.")
]
Place = Annotated[
    str | Sequence[str] | Sequence[float],
    Allowed("the name of a part of the picture, a list of names, or a point [x, y]"),
    About("The detail that is shown; without it, the whole picture. A point's y grows downwards."),
]
Zoom = Annotated[
    float,
    Allowed(f"a number from 1 to {MOST_ZOOM}"),
    About("How many times the detail is enlarged; 0 chooses a factor that suits the detail."),
]


@dataclass(frozen=True)
class View:
    """One view: `images` takes a report, the `fixed` arguments, and the author's arguments.

    `meaning` says what the view shows.
    """

    images: Callable[..., Iterator[FigureImage]]
    meaning: str
    fixed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def _own(self) -> tuple[str, ...]:
        """The names of the arguments that the program gives."""
        return ("report", *self.fixed)

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The arguments that an author can give, by name."""
        return {each.name: each for each in parameters_of(self.images, self._own)}

    @property
    def _types(self) -> dict[str, Any]:
        """The types of these arguments, by name."""
        found = calls.parameters(self.images).items()
        return {name: kind for name, kind in found if name not in self._own}

    def require(self, arguments: Mapping[str, Any]) -> None:
        """Raise AuthorError for an argument that is unknown or of the wrong type."""
        types = self._types
        for name, value in arguments.items():
            if name not in types:
                allowed = calls.described(types) or "no more arguments for this view"
                raise AuthorError(quoted(name), allowed, meant(name, types), key="argument")
            calls.require_allowed(name, value, types[name])

    def of(self, report: Report, arguments: Mapping[str, Any]) -> tuple[FigureImage, ...]:
        """The images for an author's arguments; raises AuthorError as `require` does."""
        self.require(arguments)
        return tuple(self.images(report, **self.fixed, **arguments))


def network_images(
    report: Report,
    run: Runs = "good-1",
    step: Steps = "last",
    neurons: Selections = "all, output",
    background: Ground = "output",
    at: Place = "",
    zoom: Zoom = 0,
) -> Iterator[FigureImage]:
    """An image for each combination of run, step and neurons, labelled with the varying values.

    Steps at the same snapshot are one image.
    """
    detail = select_detail(at, zoom, report.dataset)
    runs, choices = _listed(run), _listed(neurons)
    pairs = [(each, iteration) for each in runs for iteration in recorded(report, each, step)]
    words = report.words
    weight = WEIGHTS.get(len(pairs) * len(choices), WEIGHT_OF_MANY)
    for (of_run, iteration), chosen in itertools.product(pairs, choices):
        scene = scene_of(report, of_run, iteration, chosen, background, detail)
        labels = [
            run_title(scene.run, words) if len(runs) > 1 else "",
            words.iteration(scene.iteration) if len(pairs) > len(runs) else "",
            selection_name(chosen, words) if len(choices) > 1 else "",
        ]
        label = ", ".join(label for label in labels if label)
        yield _scene_image(report, scene, weight, label[:1].upper() + label[1:])


def recorded(report: Report, run: str, step: Steps) -> tuple[int, ...]:
    """The iterations of the snapshots that an author's steps name, each once.

    A build with few snapshots has the same snapshot for several steps.
    """
    snapshots = report.snapshots[report.shown_run(run).id]
    chosen = [select_snapshot(each, snapshots) for each in _listed(step)]
    return tuple(int(snapshots.iterations[each]) for each in dict.fromkeys(chosen))


def _listed(value: Any) -> list[Any]:
    """A list of values as it is, and a single value as a list of one."""
    return list(value) if isinstance(value, list | tuple) else [value]


def scene_of(
    report: Report, run: str, step: str | int, neurons: str, background: str, detail: Detail
) -> Scene:
    """The scene for an author's arguments."""
    chosen = select_background(background)
    facts = report.shown_run(run)
    snapshots = report.snapshots[facts.id]
    snapshot = select_snapshot(step, snapshots)
    return report.scene(facts, snapshot, select_neurons(neurons, snapshots.widths), chosen, detail)


def _scene_image(report: Report, scene: Scene, weight: float, label: str) -> FigureImage:
    """The image of a scene; `weight` scales its lines."""
    return FigureImage(
        name=f"{scene.run.id}-{scene.iteration}",
        alternative=network_figure.scene_description(scene, report.words),
        draw=partial(network_figure.scene_svg, scene, report.colours, report.words, weight),
        label=label,
        state=state_of(scene),
        scene=scene,
    )


def strip_images(
    report: Report,
    run: Run = "good-1",
    step: Frames = (),
    neurons: Neurons = "all, output",
    background: Ground = "output",
    frames: Count = 8,
    start: Start = "first",
    end: End = "last",
    at: Place = "",
    zoom: Zoom = 0,
) -> Iterator[FigureImage]:
    """A frame for each step, labelled with its iteration. Steps at the same snapshot are one frame.

    Without `step`, there are `frames` frames from `start` to `end`. They are evenly spaced in the
    list of snapshots, which are densest in the fast part of training.
    """
    detail = select_detail(at, zoom, report.dataset)
    snapshots = report.snapshots[report.shown_run(run).id]
    if step:
        if len(step) < 2:
            raise AuthorError(quoted(step), "a list of two or more", key="step")
        iterations = recorded(report, run, step)
    else:
        start = _first_seen(report, run, neurons) if start == "seen" else start
        ends = [select_snapshot(each, snapshots) for each in (start, end)]
        chosen = np.linspace(ends[0], ends[1], frames).round().astype(int).tolist()
        iterations = tuple(snapshots.iterations[list(dict.fromkeys(chosen))].tolist())
    for iteration in iterations:
        scene = scene_of(report, run, iteration, neurons, background, detail)
        yield _scene_image(report, scene, STRIP_WEIGHT, report.words.count(iteration))


def _first_seen(report: Report, run: str, neurons: str) -> int:
    """The iteration at which a boundary of these neurons first crosses the picture, or 0."""
    facts = report.shown_run(run)
    snapshots, boundaries = report.snapshots[facts.id], report.boundaries[facts.id]
    chosen = select_neurons(neurons, snapshots.widths)
    seen = (
        int(snapshots.iterations[snapshot])
        for snapshot in range(len(snapshots))
        if any(boundaries.polylines(snapshot, neuron) for neuron in chosen)
    )
    return next(seen, 0)


def picture_images(report: Report) -> Iterator[FigureImage]:
    """The image of the picture to learn, with the name and the share of each part beside it."""
    dataset, words = report.dataset, report.words
    draw = partial(parts_figure.parts_svg, dataset, report.colours, words)
    yield _chart_image("picture", parts_figure.parts_description(dataset, words), draw)


def loss_images(report: Report) -> Iterator[FigureImage]:
    """The image of the loss curves of all full runs."""
    facts = report.facts.experiment
    words, colours = report.words, report.colours
    draw = partial(training_charts.loss_curves_svg, facts, report.snapshots, colours, words)
    yield _chart_image("loss", training_charts.loss_description(facts, words), draw)


def accuracy_images(report: Report) -> Iterator[FigureImage]:
    """The image of the accuracy of all full runs on each part of the picture."""
    facts = report.facts.experiment
    words = report.words
    draw = partial(training_charts.accuracy_by_part_svg, facts, report.colours, words)
    yield _chart_image("accuracy", training_charts.accuracy_description(facts, words), draw)


def evidence_images(report: Report, name: str) -> Iterator[FigureImage]:
    """The image of the chart of one series of `facts.evidence`.

    Raises AuthorError if this build does not have the series.
    """
    facts, chart = report.facts, EVIDENCE[name]
    series = getattr(facts.evidence, name)
    if series is None:
        there = [each for each in EVIDENCE if getattr(facts.evidence, each) is not None]
        raise AuthorError(
            quoted(name),
            f"evidence that this build has ({', '.join(there) or 'none'})",
            f"test it first: {{% if facts.evidence.{name} %}}",
            key="view",
        )
    draw = partial(chart.draw, series, facts.experiment, report.colours)
    image = _chart_image(name.replace("_", "-"), chart.describe(series, facts.experiment), draw)
    yield replace(image, language=report.words.of_claims)


def _chart_image(name: str, alternative: str, draw: Callable[[int], Svg]) -> FigureImage:
    """The image of a chart, drawn for columns and for phones."""
    return FigureImage(name, alternative, partial(draw, WIDE), partial(draw, NARROW))


def multiples_images(report: Report, what: str, wide: int, narrow: int) -> Iterator[FigureImage]:
    """The image of the final outputs of the first screening runs or of all full runs.

    A row has `wide` pictures, or `narrow` on phones.
    """
    shown = report.outputs.get(what, ())
    if not shown:
        raise AuthorError(quoted(what), "what this build has pictures of", key="view")
    words = report.words
    draw = partial(
        small_multiples.multiples_svg, shown, what=what, colours=report.colours, words=words
    )
    yield FigureImage(
        what.replace(" ", "-"),
        small_multiples.multiples_description(shown, what, words),
        partial(draw, columns=wide, width=WIDE),
        partial(draw, columns=narrow, width=NARROW),
    )


def _series() -> Iterator[tuple[str, str]]:
    """The name of each series of evidence, and what it is."""
    described = TypeAdapter(Evidence).json_schema()["properties"]
    return ((name, described[name]["description"]) for name in EVIDENCE)


# What each view of small pictures shows, and the number of pictures in a row of it.
OUTPUTS = {
    "screening runs": ("The final outputs of the first screening runs, as small pictures.", 16),
    "full runs": ("The final outputs of all full runs, as small pictures.", 8),
}
# The views of examples that a build may not have, by the name of their example.
PICTURED = {
    "beginnings": View(
        pictured_views.beginning_images,
        "Eight screening runs of which one failed, each with a letter, at one snapshot. The view "
        "needs `facts.examples.beginnings`.",
    ),
    "twins": View(
        pictured_views.twin_images,
        "Two copies of a run with a dead layer, as training continues: first the copy whose layer "
        "was revived, then the unchanged one. The view needs `facts.examples.twins`.",
    ),
    "sizes": View(
        pictured_views.size_images,
        "The median full run of each network of another size at its end, enlarged around the part "
        "in which they differ. The view needs `facts.examples.sizes`.",
    ),
}
VIEWS: Mapping[str, View] = {
    "network": View(
        network_images,
        "One network: its boundaries at one snapshot. Lists of runs, steps or neurons make a row "
        "with an image for each combination, labelled with what varies.",
    ),
    "strip": View(
        strip_images,
        "A row of frames of one run, labelled with their iterations. The frames are evenly spaced "
        "in the list of snapshots, which are densest in the fast part of training.",
    ),
    **PICTURED,
    "by_hand": View(
        by_hand_view.by_hand_images,
        "Neurons whose weights and biases a reader changes, by dragging their lines or with "
        "sliders. x and y run from -1 to 1 here, and the middle is zero, so that weights turn a "
        "line and a bias shifts it.",
    ),
    "picture": View(
        picture_images,
        "The picture to learn, with the name of each part and the share of the picture that it "
        "covers.",
    ),
    "loss": View(loss_images, "The loss of every full run against iteration."),
    "accuracy": View(accuracy_images, "The accuracy of every full run on each part."),
    **{name: View(evidence_images, meaning, {"name": name}) for name, meaning in _series()},
    **{
        what.replace(" ", "_"): View(
            multiples_images, meaning, {"what": what, "wide": wide, "narrow": wide // 2}
        )
        for what, (meaning, wide) in OUTPUTS.items()
    },
}
