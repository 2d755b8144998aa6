"""The page of an experiment's explorer: the viewer, and a gallery of example views."""

from __future__ import annotations

from collections.abc import Sequence

from ginn.figures import network_figure
from ginn.figures.names import run_ending, run_title
from ginn.figures.network_figure import Scene
from ginn.pages import gallery
from ginn.pages.assets import add
from ginn.pages.layout import LAB, Layout, Rendered, links_between, root_from
from ginn.pages.report import Report

# The factor for the lines of gallery images, which are shown at a third of their size.
THUMBNAIL_WEIGHT = 2.2


def explorer_page(layout: Layout, report: Report, reports: Sequence[Report]) -> Rendered:
    """The page of an explorer, with each shown run's last snapshot for readers without scripts."""
    root = root_from(report.explorer)
    files: dict[str, bytes] = {}
    runs, words = [], report.words
    for run in report.facts.experiment.shown_runs:
        scene = report.last_scene(run)
        runs.append(
            {
                "title": run_title(run, words),
                "outcome": run_ending(run, words),
                "language": words.of_claims if run.ended else "",
                "image": root + _image(report, scene, files),
                "alternative": network_figure.scene_description(scene, words),
            }
        )
    places = [
        {
            "place": place,
            "address": root + report.explorer_at(place.state),
            "image": root + _image(report, place.scene, files, THUMBNAIL_WEIGHT),
        }
        for place in gallery.gallery(report)
    ]
    title = words.say("explore.title-of", experiment=report.experiment.title)
    context = {
        "experiment": report.experiment,
        "runs": runs,
        "data": {name: root + address for name, address in report.data.items()},
        "places": places,
        "lab": root + LAB,
        "frames": f"{root}{report.downloads}#frames" if report.sheets else "",
        "experiments": links_between(reports, report, "explorer"),
        "card": layout.card("explore", title, report, files, None),
    }
    return layout.page("explore.html", report.explorer, context, files)


def _image(report: Report, scene: Scene, files: dict[str, bytes], weight: float = 1) -> str:
    """The address of a scene's drawing; the drawing is added to `files`."""
    svg = network_figure.scene_svg(scene, report.colours, report.words, weight).text.encode()
    return add(files, f"figures/{scene.run.id}-{scene.iteration}.svg", svg)
