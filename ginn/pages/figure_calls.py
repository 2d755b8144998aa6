"""Plates: the numbered figures of an article, as its author calls for them.

A call names a view and a state; it becomes stills, each with a text for those who do not see it and
the address at which the explorer shows the same state. Nothing is drawn before a page asks for it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

import markdown
import numpy as np
from markupsafe import Markup

from ginn import formatting
from ginn.analysis.facts import Facts
from ginn.analysis.outcomes import RunFacts
from ginn.config.models import Experiment, Site
from ginn.dataset.dataset import Dataset
from ginn.figures import line_charts, network_figure, scatter_charts, training_charts
from ginn.figures.network_figure import WHOLE, Colours, Detail, FigureError, Stage
from ginn.figures.small_multiples import Multiple, multiples_description, multiples_svg
from ginn.geometry.boundaries import Boundaries
from ginn.network.run import RecordedRun, layer_slices, place_of
from ginn.pages.math import Mathematics

# Those of the experiment that leads; others have folders of their own in these.
EXPLORER, DOWNLOADS = "explore/index.html", "downloads/index.html"
NARROW, WIDE = 340, 680  # px, the widths that charts are drawn for
# The views of the claims table's evidence, each by the name of its series.
EVIDENCE = {**line_charts.CHARTS, **scatter_charts.CHARTS}
# Stills that share a row are shown small: so much heavier are their lines, by their number.
WEIGHTS = {1: 1.0, 2: 1.25, 3: 1.6}
WEIGHT_OF_MANY = 2.2
STRIP_WEIGHT = 3.0
# Snapshots a second of a figure that plays by itself: a whole run in a quarter of a minute.
PACE = 30


@dataclass(frozen=True)
class Report:
    """All that pages speak of. Mappings are by run id: snapshots of every full run, boundaries
    of the shown ones; `data` is logical name -> address relative to the site's root, and
    `multiples` "screening runs" and "full runs" -> their last outputs. One report `leads` the
    site; `key` is a digest of what this one was made from, or "" where nobody asks.
    """

    site: Site
    experiment: Experiment
    facts: Facts
    dataset: Dataset
    snapshots: Mapping[str, RecordedRun]
    boundaries: Mapping[str, Boundaries]
    data: Mapping[str, str] = field(default_factory=dict)
    multiples: Mapping[str, tuple[Multiple, ...]] = field(default_factory=dict)
    leads: bool = True
    key: str = ""

    @property
    def explorer(self) -> str:
        """The address of its explorer, relative to the site's root."""
        return EXPLORER if self.leads else f"explore/{self.experiment.id}/index.html"

    @property
    def downloads(self) -> str:
        """The address of its page of data, relative to the site's root."""
        return DOWNLOADS if self.leads else f"downloads/{self.experiment.id}/index.html"

    @cached_property
    def colours(self) -> Colours:
        """The site's colours for this experiment's depth."""
        return network_figure.colours_of(self.site, len(self.experiment.widths))

    def stage(
        self,
        run: RunFacts,
        snapshot: int,
        neurons: tuple[int, ...],
        background: str = "output",
        detail: Detail = WHOLE,
    ) -> Stage:
        """An shown run at one snapshot."""
        snapshots, boundaries = self.snapshots[run.id], self.boundaries[run.id]
        return Stage(
            run, snapshots, boundaries, self.dataset, snapshot, neurons, background, detail
        )


@dataclass(frozen=True)
class Still:
    """One picture of a figure: `draw` gives its SVG, and `draw_narrow` another one for phones.

    `name` begins its files' names; `moment` is its state in the explorer, or "" where it has none;
    `stage` is the network that it shows, or None where it is a chart.
    """

    name: str
    label: str
    alternative: str
    moment: str
    draw: Callable[[], str]
    draw_narrow: Callable[[], str] | None = None
    stage: Stage | None = None


@dataclass(frozen=True)
class Figure:
    """A numbered figure of an article; `caption` is HTML; a `small` one takes half the column.

    `live` is the explorer's state that a reader with scripts gets in place of the stills, or "".
    One that `plays` does so once by itself. The stills of a `strip` stand in one row, like frames
    of a film.
    """

    name: str
    number: int
    caption: str
    stills: tuple[Still, ...]
    small: bool
    live: str = ""
    strip: bool = False
    plays: bool = False


class Plates:
    """The figures of one rendering of an article, in order, and the links to them."""

    def __init__(self, report: Report, known: Mapping[str, Figure] | None = None) -> None:
        """`known` is what an earlier rendering found, or None while that is the question."""
        self.report, self.known = report, known
        self.found: dict[str, Figure] = {}

    def figure(
        self,
        name: str,
        view: str = "stage",
        caption: str = "",
        small: bool = False,
        plays: bool = False,
        caller: Callable[[], str] | None = None,
        **state: Any,
    ) -> Markup:
        """Place a figure here. Its caption is `caption`, or the body of a call block.

        One that `plays` moves from its moment to the last by itself, once, when it is looked at.

        The "stage" view takes `run`, `step`, `neurons` and `background` (see `figures`); a list of
        values for one of the first three makes a row of stills. `at` a part of the picture, several
        parts or a point, it shows a detail, `zoom` times as large. "strip" is a film strip, one row
        of frames of one run and choice of neurons: it takes the same, with either a list as `step`
        or a number of `frames` evenly spaced from `start` to `end`, each a step. "loss" and
        "accuracy" take nothing. Nor does a view of EVIDENCE, which is there where
        `facts.evidence` has its series.

        Raises FigureError for a name, view or state that this build does not hold.
        """
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
            raise FigureError("figure", name, "small letters, digits and hyphens")
        if name in self.found:
            raise FigureError("figure", name, f"a name not used before ({', '.join(self.found)})")
        views: dict[str, Callable[..., Iterator[Still]]] = {
            "stage": self._stage,
            "strip": self._strip,
            "loss": self._loss,
            "accuracy": self._accuracy,
        }
        views |= {each: partial(self._evidence, each) for each in EVIDENCE}
        views["screening_runs"] = partial(self._multiples, "screening runs", 16, 8)
        views["full_runs"] = partial(self._multiples, "full runs", 8, 4)
        if view not in views:
            raise FigureError("view", view, ", ".join(views))
        text = caller() if caller else caption
        if not text.strip():
            raise FigureError("caption", text, "a sentence")
        stills = tuple(views[view](**state))
        strip = view == "strip"
        live = "" if strip else together([still.moment for still in stills])
        if plays not in ((True, False) if live else (False,)):
            allowed = "true where a stage can play, which is a network, or two runs at one moment"
            raise FigureError("plays", plays, allowed)
        live += f"&speed={PACE}" if plays else ""
        number, html = len(self.found) + 1, inline(text)
        self.found[name] = Figure(name, number, html, stills, small, live, strip, plays)
        return Markup("\n\n{}\n\n").format(token(name))

    def see(self, name: str, word: str = "figure") -> Markup:
        """A link to a figure of this article, before or after this place, such as "figure 3"."""
        if self.known is None:
            return Markup.escape(word)
        if name not in self.known:
            raise FigureError("see", name, ", ".join(self.known) or "this article has no figures")
        link = Markup('<a href="#figure-{}">{}&nbsp;{}</a>')
        return link.format(name, word, self.known[name].number)

    def run(self, name: str) -> RunFacts:
        """The facts of a run, by its role or its id."""
        return _run(self.report.facts, name)

    def neuron(self, number: int) -> str:
        """A neuron, numbered as in `network`, as `figure` takes it: "layer 2 neuron 7"."""
        widths = self.report.experiment.widths
        layer, unit = place_of(widths, number)
        return "output" if layer > len(widths) else f"layer {layer} neuron {unit}"

    def _stage(
        self,
        run: str | Sequence[str] = "good-1",
        step: str | int | Sequence[str | int] = "last",
        neurons: str | Sequence[str] = "all, output",
        background: str = "output",
        at: str | Sequence[str] | Sequence[float] = "",
        zoom: float = 0,
    ) -> Iterator[Still]:
        """A still for each combination of run, step and neurons; what varies labels it."""
        detail = network_figure.select_detail(at, zoom, self.report.dataset)
        runs, steps, choices = _listed(run), _listed(step), _listed(neurons)
        weight = WEIGHTS.get(len(runs) * len(steps) * len(choices), WEIGHT_OF_MANY)
        for of_run, at_step, chosen in itertools.product(runs, steps, choices):
            still, facts, iteration = self._still(
                of_run, at_step, chosen, background, weight, detail
            )
            labels = [
                facts.title if len(runs) > 1 else "",
                formatting.iteration(iteration) if len(steps) > 1 else "",
                chosen if len(choices) > 1 else "",
            ]
            label = ", ".join(label for label in labels if label)
            yield replace(still, label=label[:1].upper() + label[1:])

    def _still(
        self,
        run: str,
        step: str | int,
        neurons: str,
        background: str,
        weight: float,
        detail: Detail,
    ) -> tuple[Still, RunFacts, int]:
        """A still without a label, its run, and its iteration."""
        if background not in network_figure.BACKGROUNDS:
            raise FigureError("background", background, ", ".join(network_figure.BACKGROUNDS))
        facts = self._traced(run)
        snapshots = self.report.snapshots[facts.id]
        snapshot = network_figure.select_snapshot(step, snapshots)
        selected = network_figure.select_neurons(neurons, snapshots.widths)
        stage = self.report.stage(facts, snapshot, selected, background, detail)
        still = Still(
            name=f"{facts.id}-{stage.iteration}",
            label="",
            alternative=network_figure.stage_description(stage),
            moment=moment(stage, self.report.explorer),
            draw=partial(network_figure.stage_svg, stage, self.report.colours, weight),
            stage=stage,
        )
        return still, facts, stage.iteration

    def _strip(
        self,
        run: str = "good-1",
        step: Sequence[str | int] = (),
        neurons: str = "all, output",
        background: str = "output",
        frames: int = 8,
        start: str | int = "first",
        end: str | int = "last",
        at: str | Sequence[str] | Sequence[float] = "",
        zoom: float = 0,
    ) -> Iterator[Still]:
        """A frame for each moment; its iteration labels it. Moments that coincide are one frame.

        Evenly spaced is meant by recorded snapshots, which lie densest where most happens. `start`
        may be "seen", where a boundary of these neurons first crosses the picture.
        """
        for name, value in (("run", run), ("neurons", neurons)):
            if not isinstance(value, str):
                raise FigureError(name, value, "one for a strip; for several, a strip each")
        snapshots = self.report.snapshots[self._traced(run).id]
        detail = network_figure.select_detail(at, zoom, self.report.dataset)
        if not step:
            if isinstance(frames, bool) or not isinstance(frames, int) or frames < 2:
                raise FigureError("frames", frames, "a whole number from 2 on")
            start = self._first_seen(run, neurons) if start == "seen" else start
            ends = [network_figure.select_snapshot(moment, snapshots) for moment in (start, end)]
            chosen = np.linspace(ends[0], ends[1], frames).round().astype(int).tolist()
            step = [int(snapshots.iterations[i]) for i in chosen]
        if isinstance(step, str | int) or len(step) < 2:
            raise FigureError("step", step, "a list of two or more")
        seen = dict.fromkeys(network_figure.select_snapshot(moment, snapshots) for moment in step)
        for snapshot in seen:
            iteration = int(snapshots.iterations[snapshot])
            still, _, _ = self._still(run, iteration, neurons, background, STRIP_WEIGHT, detail)
            yield replace(still, label=formatting.count(iteration))

    def _first_seen(self, run: str, neurons: str) -> int:
        """The iteration at which a boundary of these neurons first crosses the picture, or 0."""
        facts = self._traced(run)
        snapshots, boundaries = self.report.snapshots[facts.id], self.report.boundaries[facts.id]
        chosen = network_figure.select_neurons(neurons, snapshots.widths)
        seen = (
            int(snapshots.iterations[snapshot])
            for snapshot in range(len(snapshots))
            if any(boundaries.polylines(snapshot, neuron) for neuron in chosen)
        )
        return next(seen, 0)

    def _traced(self, name: str) -> RunFacts:
        """A run whose boundaries there are."""
        facts = self.run(name)
        if facts.id not in self.report.boundaries:
            traced = ", ".join(run.role for run in self.report.facts.experiment.shown_runs)
            raise FigureError("run", name, f"a run with boundaries: {traced}")
        return facts

    def _loss(self) -> Iterator[Still]:
        """The loss curves of the whole full runs."""
        facts, report = self.report.facts.experiment, self.report
        draw = partial(training_charts.loss_curves_svg, facts, report.snapshots, report.colours)
        text = training_charts.loss_description(facts)
        yield Still("loss", "", text, "", partial(draw, WIDE), partial(draw, NARROW))

    def _multiples(self, what: str, wide: int, narrow: int) -> Iterator[Still]:
        """Every trial's or full run's last output, small."""
        shown = self.report.multiples.get(what, ())
        if not shown:
            raise FigureError("view", what, "what this build has pictures of")
        text = multiples_description(shown, what)
        draw = partial(multiples_svg, shown, what=what, colours=self.report.colours)
        yield Still(
            what.replace(" ", "-"), "", text, "",
            partial(draw, columns=wide, width=WIDE), partial(draw, columns=narrow, width=NARROW),
        )  # fmt: skip

    def _evidence(self, name: str) -> Iterator[Still]:
        """The chart of one series of the evidence, where this build has it."""
        facts, chart = self.report.facts, EVIDENCE[name]
        series = getattr(facts.evidence, name)
        if series is None:
            told = [each for each in EVIDENCE if getattr(facts.evidence, each) is not None]
            allowed = f"evidence that this build has ({', '.join(told) or 'none'}); ask first: "
            raise FigureError("view", name, allowed + "{% if facts.evidence." + name + " %}")
        draw = partial(chart.draw, series, facts.experiment, self.report.colours)
        text = chart.describe(series, facts.experiment)
        yield Still(
            name.replace("_", "-"), "", text, "",
            partial(draw, WIDE), partial(draw, NARROW),
        )  # fmt: skip

    def _accuracy(self) -> Iterator[Still]:
        """Accuracy by part of the whole full runs."""
        facts = self.report.facts.experiment
        draw = partial(training_charts.accuracy_by_part_svg, facts, self.report.colours)
        text = training_charts.accuracy_description(facts)
        yield Still("accuracy", "", text, "", partial(draw, WIDE), partial(draw, NARROW))


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def token(name: str) -> str:
    """What stands for a figure until Markdown has done its work."""
    return f"@@figure-{name}@@"


def inline(text: str) -> str:
    """Markdown of one paragraph as HTML without the paragraph."""
    html = markdown.markdown(text.strip(), extensions=["attr_list", "smarty", Mathematics()])
    return re.sub(r"\A<p>(.*)</p>\Z", r"\1", html, flags=re.DOTALL)


def _run(facts: Facts, name: str) -> RunFacts:
    """A run of the full runs by its role or its id."""
    runs = {run.id: run for run in facts.experiment.full_runs}
    runs |= {run.id: run for run in facts.experiment.shown_runs}
    runs |= {run.role: run for run in runs.values() if run.role}
    if name not in runs:
        raise FigureError("run", name, ", ".join(sorted(runs)))
    return runs[name]


def moment(stage: Stage, explorer: str = EXPLORER) -> str:
    """The address, relative to the site's root, at which an explorer shows this stage.

    The form is that of the state table in `templates/viewer/state.js`.
    """
    *hidden, output = layer_slices(stage.boundaries.widths)
    terms = []
    for number, layer in enumerate(hidden, 1):
        units = [n - layer.start + 1 for n in stage.neurons if layer.start <= n < layer.stop]
        whole = len(units) == layer.stop - layer.start
        terms += [f"{number}"] if whole else [f"{number}.{unit}" for unit in units]
    if output.start in stage.neurons:
        terms.append("out")
    show = ",".join(terms) or "none"
    state = f"run={stage.run.id}&step={stage.snapshot}&show={show}&behind={stage.background}"
    if stage.detail.zoom > 1:
        state += "&zoom={2:.12g}&x={0:.5g}&y={1:.5g}".format(*stage.detail)
    return f"{explorer}#{state}"


def together(moments: Sequence[str]) -> str:
    """The explorer's state that shows all of these moments at once, or "" where none does.

    One moment is one stage. Two are the explorer's two stages where they differ in the run alone.
    A picture without boundaries would not change with time, and stays a picture.
    """
    states = [dict(parse_qsl(moment.partition("#")[2])) for moment in moments]
    runs = [state.pop("run", "") for state in states]
    alike = all(state == states[0] and state.get("show") != "none" for state in states)
    if not all(runs) or not 1 <= len(runs) <= 2 or not alike or len(set(runs)) < len(runs):
        return ""
    beside = {"beside": runs[1]} if len(runs) == 2 else {}
    return urlencode({"run": runs[0], **beside, **states[0]}, safe=",")
