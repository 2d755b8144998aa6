"""The page of an experiment's downloads: the shown runs, the facts, and an example program."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from typing import Any

from ginn.analysis.facts import facts_as_json, facts_schema
from ginn.figures.names import run_title
from ginn.files import plain_json
from ginn.language.words import Words
from ginn.pages.layout import Layout, Rendered, links_between
from ginn.pages.report import Report
from ginn.viewer_data import downloads
from ginn.viewer_data.downloads import PROGRAM, Download
from ginn.viewer_data.sheet_layout import (
    SheetPart,
    boundary_layout,
    boundary_parts,
    output_layout,
    output_parts,
)


def downloads_page(
    layout: Layout, report: Report, reports: Sequence[Report], program: str
) -> Rendered:
    """The page of an experiment's downloads, with its files; `program` is the example's text."""
    schema, words = facts_schema(), report.words
    offered = _offered(report, program, schema)
    files = {each.address: each.content for each, _ in offered}
    title = words.say("downloads.title")
    if len(reports) > 1:
        title = words.say("downloads.title-of", experiment=report.experiment.title)
    context = {
        "title": title,
        "entries": [
            {
                "name": each.name,
                "address": each.address,
                "meaning": meaning,
                "size": words.kilobytes(len(each.content)),
            }
            for each, meaning in offered
        ],
        "arrays": downloads.RUN_ARRAYS,
        "outline": downloads.outline(schema),
        "example": program,
        "frames": _frames(report),
        "experiment": report.experiment,
        "experiments": links_between(reports, report, "downloads"),
        "card": layout.card("downloads", title, report, files, None),
    }
    return layout.page("downloads.html", report.downloads, context, files)


def _offered(report: Report, program: str, schema: Mapping[str, Any]) -> list[tuple[Download, str]]:
    """The downloads, each with its meaning in words."""
    folder, words = posixpath.dirname(report.downloads), report.words
    runs = [(run, run_title(run, words)) for run in report.facts.experiment.shown_runs]
    snapshots = [
        (
            f"{run.id}.npz",
            downloads.run_file(report.snapshots[run.id], report.dataset),
            words.say("downloads.snapshots-of", run=title),
        )
        for run, title in runs
    ]
    sweeps = [
        (f"{run.id}.webp", report.sweeps[run.id], words.say("downloads.sweep-of", run=title))
        for run, title in runs
        if run.id in report.sweeps
    ]
    facts = plain_json(facts_as_json(report.facts))
    others = [
        ("facts.json", facts, words.say("downloads.facts-file")),
        ("facts.schema.json", plain_json(schema), words.say("downloads.schema-file")),
        (PROGRAM.name, program.encode(), words.say("downloads.program-file")),
    ]
    return [
        (Download.of(name, content, folder), meaning)
        for name, content, meaning in (*snapshots, *sweeps, *others)
    ]


def _frames(report: Report) -> list[dict[str, Any]]:
    """The sprite sheets of each shown run: a title, and the files of each layer and of the output.

    A file has an address, and the iterations and neurons that it shows, in words.
    """
    words, widths = report.words, report.experiment.widths
    found = []
    for run in report.facts.experiment.shown_runs:
        if run.id not in report.sheets:
            continue
        iterations = report.snapshots[run.id].iterations.tolist()
        snapshots = len(iterations)
        layouts = [boundary_layout(widths, layer, snapshots) for layer in range(len(widths))]
        parts = [boundary_parts(layout) for layout in layouts]
        parts.append(output_parts(output_layout(report.experiment.pixels, snapshots)))
        names = [words.say("help.colour-layer", layer=n + 1) for n in range(len(widths))]
        names.append(words.say("help.colour-output"))
        layers = [
            {
                "name": name,
                "files": [
                    {"address": address, "about": _part(part, iterations, words)}
                    for address, part in zip(addresses, shown, strict=True)
                ],
            }
            for name, addresses, shown in zip(names, report.sheets[run.id], parts, strict=True)
        ]
        found.append({"title": run_title(run, words), "layers": layers})
    return found


def _part(part: SheetPart, iterations: Sequence[int], words: Words) -> str:
    """What a sheet shows, in words: iterations, and neurons if it has only some of its layer."""
    first, last = (iterations[part.snapshots[end]] for end in (0, -1))
    span = words.count(first) if first == last else words.say("number.range", low=first, high=last)
    if not part.neurons:
        return span
    low, high = part.neurons[0] + 1, part.neurons[-1] + 1
    return words.say("downloads.frames-part", iterations=span, low=low, high=high)
