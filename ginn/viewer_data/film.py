"""A run's whole film: the sprite sheets of its layers and of its output, named and laid out."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from ginn.analysis.outcomes import logits_at
from ginn.dataset.dataset import Dataset
from ginn.files import hashed
from ginn.geometry.boundaries import Boundaries
from ginn.network.forward import probability
from ginn.network.run import RecordedRun
from ginn.viewer_data import sprite_sheets


def film(
    name: str, boundaries: Boundaries, run: RecordedRun, colours: Sequence[str], dataset: Dataset
) -> tuple[str, dict[str, bytes]]:
    """A run's name, and its sheets under content-hashed names, relative to the data folder."""
    white = np.stack(
        [
            probability(logits_at(run, snapshot, dataset)).astype(np.float32)
            for snapshot in range(len(run))
        ]
    )  # (K, n, n)
    files = {}
    depth = len(run.widths)
    for sheets in (
        sprite_sheets.boundary_sheets(boundaries, colours),
        sprite_sheets.output_sheets(white, depth),
    ):
        for sheet in sheets:
            place = f"{sheet.layer:02d}-{sheet.first_snapshot:04d}-{sheet.band:02d}"
            files[hashed(f"{name}/sheet-{place}{sheet.suffix}", sheet.data)] = sheet.data
    return name, files


def layouts(run: RecordedRun, pixels: int, names: Sequence[str]) -> dict[str, Any]:
    """Where the viewer finds each tile: the layouts of a run's films with their files' names."""

    def of(layer: int, layout: Any) -> dict[str, Any]:
        files = [name for name in names if f"/sheet-{layer:02d}-" in name]
        return {**dataclasses.asdict(layout), "files": sorted(files)}

    depth = len(run.widths)
    layers = [
        of(layer, sprite_sheets.boundary_layout(run.widths, layer, len(run)))
        for layer in range(depth)
    ]
    return {"layers": layers, "output": of(depth, sprite_sheets.output_layout(pixels, len(run)))}
