"""The data files of a built site, decoded as in the viewer."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ginn.network.forward import pre_activations
from ginn.network.run import Float64
from ginn.viewer_data.boundary_chunks import BoundaryChunk
from support.browser import BuiltSite
from support.decode_chunks import decode_boundaries, decode_weights, segments_of


def pages_of(site: BuiltSite) -> list[str]:
    """The addresses of all pages, relative to the site's root."""
    return [p.relative_to(site.folder).as_posix() for p in sorted(site.folder.rglob("*.html"))]


def data(site: BuiltSite, pattern: str) -> Any:
    """The value in the one data file whose name matches a pattern."""
    (path,) = site.folder.glob(f"data/**/{pattern}")
    match = re.fullmatch(r"GINN\.receive\((.*)\);\n", path.read_text(encoding="utf-8"))
    assert match
    return json.loads(f"[{match[1]}]")[1]


def all_runs(site: BuiltSite) -> list[dict[str, Any]]:
    """The runs of the index, in the viewer's order."""
    found: list[dict[str, Any]] = data(site, "index.*.js")["runs"]
    return found


def first_run(site: BuiltSite) -> dict[str, Any]:
    """The run that the explorer shows first."""
    return all_runs(site)[0]


def last_run(site: BuiltSite) -> dict[str, Any]:
    """The last run of the index, which is not the first one."""
    return all_runs(site)[-1]


def last_step(site: BuiltSite) -> int:
    """The number of the first run's last snapshot."""
    return int(first_run(site)["snapshots"]) - 1


def title_of(run: dict[str, Any]) -> str:
    """What the explorer calls a run in English."""
    name = f"{run['kind'].capitalize()} run"
    return f"{name} {run['number']}" if run["number"] else name


def header_of(site: BuiltSite, run: str = "") -> dict[str, Any]:
    """The header of a run, by default of the first one."""
    found: dict[str, Any] = data(site, f"{run or first_run(site)['id']}/run.*.js")
    return found


def chunk_text(site: BuiltSite, step: int) -> str:
    """The encoded chunk of boundaries that contains a snapshot of the first run."""
    header = header_of(site)
    return str(data(site, header["chunks"][step // header["snapshots_a_chunk"]]))


def chunk_of(site: BuiltSite, step: int) -> BoundaryChunk:
    """The chunk of boundaries that contains a snapshot of the first run."""
    return decode_boundaries(chunk_text(site, step))


def parameters_at(
    site: BuiltSite, step: int
) -> tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]:
    """Each layer's weights (out, in) and biases (out,), as the first run's files have them."""
    header = header_of(site)
    chunk = decode_weights(data(site, header["weights"][step // header["snapshots_a_chunk"]]))
    values = chunk.values[step - chunk.first]
    matrices, biases = [], []
    at = 0
    for in_, out in itertools.pairwise(chunk.sizes):
        matrices.append(values[at : at + in_ * out].reshape(out, in_))
        at += in_ * out
        biases.append(values[at : at + out])
        at += out
    return matrices, biases


def pixel_middles(side: int, view: dict[str, float]) -> Float64:
    """The middles (side * side, 2) of the pixels of a part of the domain, row by row."""
    middles = (np.arange(side) + 0.5) / side / view["zoom"]
    x, y = np.meshgrid(view["x"] + middles, view["y"] + middles)
    return np.stack([x.ravel(), y.ravel()], axis=1)


def layers_at(site: BuiltSite, step: int, points: Float64) -> list[Float64]:
    """Each layer's pre-activations at points (P, 2), from the first run's published weights."""
    matrices, biases = parameters_at(site, step)
    return pre_activations(tuple(matrices), tuple(biases), points)


def segments(site: BuiltSite, step: int, neurons: Iterable[int]) -> NDArray[np.float64]:
    """The segments (S, 2, 2) of the first run's exact boundaries, in domain units."""
    chunk = chunk_of(site, step)
    return np.concatenate([segments_of(chunk, step - chunk.first, each) for each in neurons])
