"""The page of an experiment's explorer: the viewer, and a gallery of views to start from."""

from __future__ import annotations

from collections.abc import Sequence

from ginn.analysis.sentences import outcome_sentence
from ginn.figures import network_figure
from ginn.figures.network_figure import Stage
from ginn.pages import gallery
from ginn.pages.assets import add
from ginn.pages.figure_calls import Report
from ginn.pages.layout import Layout, Rendered, last_stage, links_between, root_from

# Lines of an image in the gallery are this much heavier: it is shown at a third of its size.
THUMBNAIL_WEIGHT = 2.2


def explorer_page(layout: Layout, report: Report, reports: Sequence[Report]) -> Rendered:
    """An explorer's page, with each shown run's last snapshot for readers without scripts."""
    root = root_from(report.explorer)
    files: dict[str, bytes] = {}
    runs = []
    for run in report.facts.experiment.shown_runs:
        stage = last_stage(report, run)
        runs.append(
            {
                "title": run.title,
                "outcome": outcome_sentence(run),
                "still": root + _image(report, stage, files),
                "alternative": network_figure.stage_description(stage),
            }
        )
    places = [
        {
            "place": place,
            "address": root + place.address,
            "still": root + _image(report, place.stage, files, THUMBNAIL_WEIGHT),
        }
        for place in gallery.gallery(report)
    ]
    title = f"Explore: {report.experiment.title}"
    context = {
        "experiment": report.experiment,
        "runs": runs,
        "data": {name: root + address for name, address in report.data.items()},
        "places": places,
        "experiments": links_between(reports, report, "explorer"),
        "card": layout.card("explore", title, report, files, None),
    }
    return layout.page("explore.html", report.explorer, context, files)


def _image(report: Report, stage: Stage, files: dict[str, bytes], weight: float = 1) -> str:
    """The address of a drawing of a stage, which is added to `files`."""
    svg = network_figure.stage_svg(stage, report.colours, weight).encode()
    return add(files, f"figures/{stage.run.id}-{stage.iteration}.svg", svg)
