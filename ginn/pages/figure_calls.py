"""Figure calls: the functions with which an author places numbered figures in an article."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from markupsafe import Markup

from ginn.analysis.outcomes import RunFacts
from ginn.config.validation import Allowed
from ginn.errors import AuthorError, quoted
from ginn.figures.selection import select_neurons, select_snapshot
from ginn.network.run import place_of
from ginn.pages.figure_image import FigureImage
from ginn.pages.figure_views import VIEWS, Run, Steps, recorded
from ginn.pages.parameters import About
from ginn.pages.report import Report
from ginn.pages.view_state import ViewState, shared_state

# The speed of a figure that plays by itself, in snapshots a second: 15 seconds for a whole run.
PACE = 30
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NAME_ALLOWED = "a text of lower-case letters, digits and hyphens"
CAPTION = "a text; or the body of a call block in its place"
LAYER = 'the number of a hidden layer, or "output"'
OTHER = "The experiment that it shows, if not the article's. Its images are then static."
PLAYS = "Whether it plays once, from its snapshot to the last one, when it comes into view."
PLAYS_ALLOWED = "true for one network or two runs side by side; false"
FEW = 4  # The most neurons whose trails the viewer draws (`FEW` in canvas_pane.js).
MOST_TRAIL = 30  # The most earlier snapshots that the viewer draws (`MOST_TRAIL` in store.js).
TRAIL = (
    f"How many earlier snapshots stay visible as faint lines; no more than {FEW} neurons have them."
)
TRAIL_ALLOWED = f"for one network or two runs side by side, a whole number from 0 to {MOST_TRAIL}"


@dataclass(frozen=True)
class Figure:
    """A numbered figure of an article.

    `caption` is Markdown until the article is converted, and HTML from then on.

    A `small` figure takes half the column. `state` is the one state of the explorer that shows all
    of the images, or None. If scripts run, the viewer in this state replaces the images. If `plays`
    is true, the figure plays once without a click. The images of a `strip` are in one row.
    `report` is that of the experiment that the figure shows.
    """

    name: str
    number: int
    caption: str
    images: tuple[FigureImage, ...]
    small: bool
    report: Report
    state: ViewState | None = None
    strip: bool = False
    plays: bool = False


class FigureCalls:
    """The figures of one rendering of an article, in order, and the links to them."""

    def __init__(
        self,
        report: Report,
        known: Mapping[str, Figure] | None = None,
        reports: Mapping[str, Report] | None = None,
    ) -> None:
        """`known` has the figures found in an earlier rendering; it is None in the first one.

        `reports` has the report of every experiment by its id.
        """
        self.report, self.known = report, known
        self.reports = reports or {}
        self.found: dict[str, Figure] = {}

    def figure(
        self,
        name: Annotated[str, Allowed(NAME_ALLOWED), About("The name for links to the figure.")],
        view: Annotated[
            str, Allowed("a text, the name of a view"), About("What it shows.")
        ] = "network",
        caption: Annotated[str, Allowed(CAPTION), About("The caption in Markdown.")] = "",
        small: Annotated[bool, About("Whether it takes half the column.")] = False,
        plays: Annotated[bool, Allowed(PLAYS_ALLOWED), About(PLAYS)] = False,
        trail: Annotated[int, Allowed(TRAIL_ALLOWED), About(TRAIL)] = 0,
        experiment: Annotated[str, Allowed("the id of an experiment"), About(OTHER)] = "",
        caller: Callable[[], str] | None = None,
        **arguments: Any,
    ) -> Markup:
        """A numbered figure. Its caption is `caption`, or the body of a call block.

        The view is a row of VIEWS, and `arguments` are its parameters. A view of evidence exists
        only if `facts.evidence` has its series. Returns a placeholder.

        Raises AuthorError for a name, view or argument that this build does not have.
        """
        if not NAME.fullmatch(name):
            raise AuthorError(quoted(name), NAME_ALLOWED, key="figure")
        if name in self.found:
            allowed = f"a name not used before ({', '.join(self.found)})"
            raise AuthorError(quoted(name), allowed, key="figure")
        if view not in VIEWS:
            raise AuthorError(quoted(view), ", ".join(VIEWS), key="view")
        VIEWS[view].require(arguments)
        text = caller() if caller else caption
        if not text.strip():
            raise AuthorError(quoted(text), "a sentence", key="caption")
        if experiment and experiment not in self.reports:
            raise AuthorError(quoted(experiment), ", ".join(self.reports), key="experiment")
        report = self.reports[experiment] if experiment else self.report
        images = VIEWS[view].of(report, arguments)
        strip = view == "strip"
        # The viewer on a page has the runs of one experiment.
        fixed = strip or report is not self.report
        state = None if fixed else shared_state([image.state for image in images])
        if plays not in ((True, False) if state else (False,)):
            raise AuthorError(quoted(plays), PLAYS_ALLOWED, key="plays")
        if state and plays:
            state = replace(state, speed=PACE)
        if trail not in range(MOST_TRAIL + 1 if state else 1):
            raise AuthorError(quoted(trail), TRAIL_ALLOWED, key="trail")
        if state and trail:
            state = replace(state, trail=trail)
        number = len(self.found) + 1
        self.found[name] = Figure(name, number, text, images, small, report, state, strip, plays)
        return Markup("{}").format(token(name))

    def see(self, name: str, word: str = "") -> Markup:
        """A link such as "figure 3" to an earlier or later figure of this article.

        `word` takes the place of "figure", which is in the language of the site.
        """
        words = self.report.words
        language = "" if word else words.foreign
        word = word or words.say("figure.word")
        if self.known is None:
            return Markup.escape(word)
        if name not in self.known:
            allowed = ", ".join(self.known) or "this article has no figures"
            raise AuthorError(quoted(name), allowed, key="see")
        link = Markup('<a href="#figure-{}"{}>{}&nbsp;{}</a>')
        return link.format(name, marked(language), word, self.known[name].number)

    def run(self, name: str) -> RunFacts:
        """The facts of a run, by its role or its id."""
        return self.report.run(name)

    def recorded(self, run: Run, step: Steps) -> tuple[int, ...]:
        """The iterations of the snapshots that `step` names in a run, each once.

        An article can count them, and leave out a figure that has too few.
        """
        return recorded(self.report, run, step)

    def crossing(self, layer: int, run: Run = "good-1", step: str | int = "first") -> str:
        """The first four neurons of a layer whose boundaries cross the picture at a snapshot.

        They are in the form that `figure` accepts. If there are none, the result names the whole
        layer. The viewer draws the trails of no more than four.
        """
        facts, chosen = self.report.shown_run(run), f"layer {layer}"
        boundaries, snapshots = self.report.boundaries[facts.id], self.report.snapshots[facts.id]
        snapshot = select_snapshot(step, snapshots)
        members = select_neurons(chosen, snapshots.widths)
        seen = [each for each in members if boundaries.polylines(snapshot, each)]
        return ", ".join(map(self.neuron, seen[:FEW])) or chosen

    def neuron(self, number: int) -> str:
        """A neuron by its number, in the form that `figure` accepts: "layer 2 neuron 7"."""
        widths = self.report.experiment.widths
        layer, unit = place_of(widths, number)
        return "output" if layer > len(widths) else f"layer {layer} neuron {unit}"

    def layer(self, number: Annotated[int | str, Allowed(LAYER)], text: str = "") -> Markup:
        """Words about a hidden layer or the output in its colour: "layer 2", or `text`.
        Pointing at them highlights the layer in the nearest figure of a network.

        Raises AuthorError for a layer that the network does not have.
        """
        depth = len(self.report.experiment.widths)
        kinds: dict[int | str, str] = {n: f"layer-{n}" for n in range(1, depth + 1)}
        kinds["output"] = "output"
        if number not in kinds:
            raise AuthorError(quoted(number), ", ".join(map(str, kinds)), key="layer")
        words = self.report.words
        language = "" if text else words.foreign
        key = "network.output" if number == "output" else "network.layer"
        said = text or words.say(key, layer=number)
        place = list(kinds).index(number) + 1
        span = Markup('<span class="{}-word" data-lights="{}"{}>{}</span>')
        return span.format(kinds[number], place, marked(language), said)


def marked(language: str) -> Markup:
    """The attribute for a language, or nothing for ""."""
    return Markup(' lang="{}"').format(language) if language else Markup("")


def token(name: str) -> str:
    """The placeholder for a figure until Markdown has been converted."""
    return f"@@figure-{name}@@"
