"""The files that the viewer loads: an experiment's index, and the header and chunks of each run.

Every file is a classic script that passes one value to the viewer, `GINN.receive(key, value)`, so
that it loads from a static host and from a local folder alike. Index and headers are JSON; chunks
are the texts of `boundary_chunks` and `weight_chunks`. File names contain a hash of the content and
are relative to the data folder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ginn.analysis.outcomes import NamedSnapshot, RunFacts
from ginn.config.models import Experiment, Site
from ginn.dataset.dataset import Dataset
from ginn.files import hashed
from ginn.geometry.boundaries import Boundaries
from ginn.network.run import Float64, RecordedRun
from ginn.viewer_data import boundary_chunks, weight_chunks
from ginn.viewer_data.sprite_sheets import RunSheets, layouts_as_json, target_picture
from ginn.viewer_data.vlq import encode_columns

SNAPSHOTS_A_CHUNK = 32
# The overview of a run has one in this many snapshots. The viewer shows it while a chunk loads.
OVERVIEW_STRIDE = 16
# In a stored set of files, the entry that holds the name of the index.
INDEX_NAME = "index-name.txt"


@dataclass(frozen=True)
class ViewedExperiment:
    """What the viewer shows of an experiment besides its runs; colours are `#rrggbb`."""

    id: str
    title: str
    widths: tuple[int, ...]
    layer_colours: tuple[str, ...]
    output_colour: str


@dataclass(frozen=True)
class ViewedRun:
    """One run that the viewer shows, and all that was made of it.

    `motion` is the result of `motion.motion`. `named_snapshots` are in order of snapshot.
    """

    facts: RunFacts
    run: RecordedRun
    boundaries: Boundaries
    motion: Float64
    named_snapshots: Sequence[NamedSnapshot]
    sheets: RunSheets


@dataclass(frozen=True)
class ViewerFiles:
    """The name of the index, the first file that the viewer loads, and all files: name -> content.

    The sheets of the runs are not among them.
    """

    index: str
    files: Mapping[str, bytes]


def viewer_files(
    experiment: ViewedExperiment, labels: NDArray[np.bool_], runs: Iterable[ViewedRun]
) -> ViewerFiles:
    """The files of an experiment with these labels (n, n), true for white, and these runs."""
    target = target_picture(labels)
    target_name = hashed("target.png", target)
    files = {target_name: target}
    entries = []
    for viewed in runs:
        header, made = run_files(viewed, len(labels))
        files |= made
        entries.append((viewed.facts, len(viewed.run), header))
    index, content = index_file(experiment, labels, target_name, entries)
    return ViewerFiles(index, {**files, index: content})


def experiment_files(
    experiment: Experiment,
    site: Site,
    dataset: Dataset,
    shown_runs: Mapping[str, RunFacts],
    full_runs: Mapping[str, RecordedRun],
    boundaries: Mapping[str, Boundaries],
    motions: Mapping[str, Float64],
    named_snapshots: Mapping[str, Sequence[NamedSnapshot]],
    sheets: Mapping[str, RunSheets],
) -> ViewerFiles:
    """The files of an experiment from the results of its stages, each by the id of its run."""
    viewed = ViewedExperiment(
        experiment.id,
        experiment.title,
        experiment.widths,
        site.layer_colours,
        site.output_colour,
    )
    runs = (
        ViewedRun(
            facts,
            full_runs[name],
            boundaries[name],
            motions[name],
            named_snapshots[name],
            sheets[name],
        )
        for name, facts in shown_runs.items()
    )
    return viewer_files(viewed, dataset.labels, runs)


def viewer_files_as_files(made: ViewerFiles) -> dict[str, bytes]:
    """The viewer's files as named files, to be stored; `viewer_files_from_files` is the inverse."""
    return {INDEX_NAME: made.index.encode(), **made.files}


def viewer_files_from_files(files: Mapping[str, bytes]) -> ViewerFiles:
    """The viewer's files that `viewer_files_as_files` stored as these."""
    others = {name: content for name, content in files.items() if name != INDEX_NAME}
    return ViewerFiles(files[INDEX_NAME].decode(), others)


def run_files(
    viewed: ViewedRun, pixels: int, snapshots_a_chunk: int = SNAPSHOTS_A_CHUNK
) -> tuple[str, dict[str, bytes]]:
    """The name of a run's header, and the run's files: name -> content.

    `pixels` is the side of the domain, the size of the output's frames.
    """
    facts, run = viewed.facts, viewed.run
    files: dict[str, bytes] = {}

    def add(key: str, value: object) -> str:
        name, content = _script(f"{facts.id}/{key}", value)
        files[name] = content
        return name

    boundary_names, weight_names = [], []
    for number, first in enumerate(range(0, len(run), snapshots_a_chunk)):
        count = min(snapshots_a_chunk, len(run) - first)
        boundaries = boundary_chunks.boundary_chunk(viewed.boundaries, first, count)
        boundary_names.append(add(f"boundaries-{number:03d}", boundary_chunks.encode(boundaries)))
        weights = weight_chunks.weight_chunk(run, first, count)
        weight_names.append(add(f"weights-{number:03d}", weight_chunks.encode(weights)))
    overview = boundary_chunks.overview_chunk(viewed.boundaries, OVERVIEW_STRIDE)
    header = {
        "version": boundary_chunks.VERSION,
        "id": facts.id,
        "seed": run.seed,
        "role": facts.role,
        "kind": facts.kind,
        "number": facts.number,
        "widths": list(run.widths),
        "iterations": run.iterations.tolist(),
        "loss": _rounded(run.loss, 5),
        "accuracy": _rounded(run.accuracy, 5),
        "learning_rate": _rounded(run.learning_rate, 5),
        "regions": viewed.boundaries.regions.tolist(),
        "motion": [_rounded(layer, 3) for layer in viewed.motion.T],
        "named_snapshots": [
            {"name": named.name, "step": named.snapshot} for named in viewed.named_snapshots
        ],
        "snapshots_a_chunk": snapshots_a_chunk,
        "chunks": boundary_names,
        "weights": weight_names,
        "overview": {
            "file": add("overview", boundary_chunks.encode(overview)),
            "stride": OVERVIEW_STRIDE,
        },
        "sprites": layouts_as_json(viewed.sheets, run.widths, len(run), pixels),
    }
    return add("run", header), files


def index_file(
    experiment: ViewedExperiment,
    labels: NDArray[np.bool_],
    target: str,
    runs: Sequence[tuple[RunFacts, int, str]],
) -> tuple[str, bytes]:
    """The name and content of an experiment's index.

    `target` is the file name of the picture whose labels are `labels` (n, n). Each run is its
    facts, its number of snapshots, and the name of its header.
    """
    index = {
        "version": boundary_chunks.VERSION,
        "id": experiment.id,
        "title": experiment.title,
        "pixels": len(labels),
        "widths": list(experiment.widths),
        "target": target,
        "layer_colours": list(experiment.layer_colours),
        "output_colour": experiment.output_colour,
        "labels": labels_text(labels),
        "runs": [
            {
                "id": facts.id,
                "role": facts.role,
                "kind": facts.kind,
                "number": facts.number,
                "loss": facts.loss,
                "accuracy": facts.accuracy,
                # In English, as all texts about the training are.
                "ended": facts.ending if facts.ended else "",
                "snapshots": snapshots,
                "header": header,
            }
            for facts, snapshots, header in runs
        ],
    }
    return _script("index", index)


def labels_text(labels: NDArray[np.bool_]) -> str:
    """The labels (n, n) as the text of `vlq`: run lengths, row by row, black first.

    The viewer needs them because a browser does not let a page read the pixels of a picture that
    lies in a local folder.
    """
    flat = labels.ravel().astype(np.int8)
    edges = np.flatnonzero(np.diff(flat, prepend=0, append=1 - flat[-1:]))
    lengths = np.diff(edges, prepend=0)
    return encode_columns("ginn-labels", 1, [len(lengths)], [lengths])


def run_lengths(labels: NDArray[np.bool_]) -> str:
    """The column of `labels_text` alone, as the laboratory's addresses hold it."""
    return labels_text(labels).partition(";")[2]


def _script(key: str, value: object) -> tuple[str, bytes]:
    """The name and content of the script that passes `value` to the viewer under `key`."""
    value_text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    content = f"GINN.receive({json.dumps(key)},{value_text});\n".encode()
    return f"{key}.{hashlib.sha256(content).hexdigest()[:10]}.js", content


def _rounded(values: Float64, digits: int) -> list[float]:
    """The values rounded to `digits` significant digits, more than a page shows."""
    return [float(f"{value:.{digits}g}") for value in values]
