"""The page of the laboratory, which trains networks in the browser."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ginn.pages.layout import LAB, Layout, Rendered, root_from
from ginn.pages.policy import policy_text
from ginn.pages.report import Report
from ginn.viewer_data.viewer_files import run_lengths

# Larger pictures are made smaller, so that the laboratory can measure and draw them in time.
MOST_PIXELS = 200
# A longer training is cut to this many iterations, since a reader waits for it.
MOST_ITERATIONS = 100_000


def lab_page(layout: Layout, reports: Sequence[Report]) -> Rendered:
    """The page with the pictures of all experiments, of which the first one is chosen first."""
    first, site = reports[0].experiment, layout.site
    data = {
        "pixels": min(MOST_PIXELS, first.pixels),
        "pictures": [_picture(report) for report in reports],
        "layer_colours": list(site.layer_colours),
        "output_colour": site.output_colour,
    }
    context = {
        "experiment": first,
        "data": json.dumps(data, ensure_ascii=False, separators=(",", ":")),
        "policy": policy_text(compiles=True),
    }
    return layout.page("lab.html", LAB, context, {})


def _picture(report: Report) -> dict[str, Any]:
    """An experiment's picture, its training, and the address of the data of its runs."""
    experiment = report.experiment
    return {
        "id": experiment.id,
        "title": experiment.title,
        "pixels": experiment.pixels,
        "labels": run_lengths(report.dataset.labels),
        "index": root_from(LAB) + report.data["index"] if "index" in report.data else "",
        "iterations": experiment.iterations,
        "training": {
            "widths": list(experiment.widths),
            "rate": experiment.learning_rate,
            "batch": experiment.batch,
            "length": min(MOST_ITERATIONS, experiment.iterations),
        },
    }
