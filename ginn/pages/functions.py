"""The functions and constants that every article can use in its expressions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from ginn.analysis.rules import SIGNIFICANT
from ginn.analysis.statistics import LEVEL, proportion_interval
from ginn.dataset.dataset import MAJOR_SHARE, Dataset
from ginn.errors import AuthorError, quoted
from ginn.figures.final_outputs import MOST_PICTURES
from ginn.pages.citations import Citations
from ginn.pages.figure_calls import FigureCalls
from ginn.pages.glossary import Glossary, Terms
from ginn.pages.report import Report
from ginn.viewer_data.boundary_chunks import QUANTA


@dataclass(frozen=True)
class Constant:
    """A number that articles can use, and what it is."""

    value: float
    meaning: str


CONSTANTS = {
    "confidence": Constant(LEVEL, "The confidence level of intervals, as a share."),
    "significance": Constant(SIGNIFICANT, "The level below which a p-value decides a claim."),
    "quanta": Constant(QUANTA, "The number of steps along a side of the viewer's coordinates."),
    "major_share": Constant(MAJOR_SHARE, "The share of the picture from which a part is major."),
    "most_pictures": Constant(MOST_PICTURES, "The largest number of screening runs in a figure."),
}


def functions(placed: FigureCalls, citations: Citations, glossary: Glossary) -> dict[str, object]:
    """The functions and constants by the names that articles use."""
    dataset = placed.report.dataset
    return {
        "figure": placed.figure,
        "see": placed.see,
        "note": note,
        "run": placed.run,
        "neuron": placed.neuron,
        "recorded": placed.recorded,
        "crossing": placed.crossing,
        "layer": placed.layer,
        "interval": partial(interval, placed.report),
        "cite": citations.cite,
        "term": Terms(glossary).term,
        "glossary": glossary.listed,
        "has_part": partial(has_part, dataset),
        "mirror_axes": dataset.mirror_axes,
        **{name: constant.value for name, constant in CONSTANTS.items()},
    }


def note(text: str = "", caller: Callable[[], str] | None = None) -> Markup:
    """A note in the margin beside this line: `text`, or the body of a call block, as one paragraph.

    In the HTML it is part of the text, where a screen reader reads it. It needs no script, and
    Markdown treats it as part of its paragraph. Raises AuthorError for an empty note.
    """
    words = Markup(" ").join(Markup.escape(caller() if caller else text).split())
    if not words:
        raise AuthorError(quoted(text), "a sentence", key="note")
    return Markup('<small class="note" role="note">{}</small>').format(words)


def interval(report: Report, count: int, of: int) -> str:
    """The 95% interval of the share `count` of `of`, as text."""
    words, found = report.words, proportion_interval(count, of)
    low, high = words.percent(found.low), words.percent(found.high)
    return words.say("number.from-to", low=low, high=high)


def has_part(dataset: Dataset, name: str) -> bool:
    """Whether the picture has a part of this name, for sections that are about one part."""
    return any(part.name == name for part in dataset.parts)
