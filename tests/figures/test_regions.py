"""Linear regions as a picture: one number a region, and the viewer's colours."""

from __future__ import annotations

import json
import shutil
import subprocess

import numpy as np
import pytest
from support.paths import ROOT
from support.runs import trained_run

from ginn.figures import regions
from ginn.figures.selection import WHOLE, Detail
from ginn.network.forward import pre_activations

LAST = len(trained_run()) - 1


@pytest.mark.parametrize("detail", [WHOLE, Detail(0.3, 0.6, 8)])
def test_region_numbers_are_equal_exactly_where_the_same_neurons_are_on(detail: Detail) -> None:
    side = 60
    numbers = regions.region_numbers(trained_run(), LAST, detail, side)
    left, top = detail.corner
    patterns = []
    for row in range(side):
        for column in range(side):
            x, y = ((each + 0.5) / side / detail.zoom for each in (column, row))
            *hidden, _ = pre_activations(*trained_run().at(LAST), np.array([[left + x, top + y]]))
            patterns.append(tuple(np.concatenate(hidden, axis=1)[0] > 0))
    pairs = set(zip(patterns, numbers.ravel().tolist(), strict=True))
    assert len(pairs) == len(set(patterns)) == len(np.unique(numbers))


def test_palettes_are_opaque_and_differ_between_themes() -> None:
    light, dark = regions.palette(False).astype(int), regions.palette(True).astype(int)
    assert light.shape == dark.shape == (regions.COLOURS, 3)
    assert light.mean(axis=1).min() > dark.mean(axis=1).max() + 100


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")
def test_numbers_of_neurons_are_those_of_the_viewer() -> None:
    script = (ROOT / "templates/viewer/regions.js").read_text(encoding="utf-8")
    program = (
        f"const GINN = {{}};\n{script}\n"
        "const numbers = [...Array(48).keys()].map((n) => GINN.regions.numberOf(n) >>> 0);\n"
        "console.log(JSON.stringify(numbers));"
    )
    done = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True)
    assert regions.neuron_numbers(48).tolist() == json.loads(done.stdout)
