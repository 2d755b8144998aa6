"""The training kernel on 64-bit ARM, run by an emulator: the same bits as here."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from support.arm_program import LANES, missing_programs, train_emulated
from support.datasets import disc

from ginn.network.compiler import processor
from ginn.network.initial import initial_parameters
from ginn.network.kernel import Networks, kernel, pixel_table
from ginn.network.layout import Layout
from ginn.network.schedule import AdamRates


@pytest.mark.slow
@pytest.mark.parametrize(("widths", "batch"), [((16, 16, 16), 128), ((5, 9), 30)])
def test_kernel_on_arm_has_the_same_bits(
    widths: tuple[int, ...], batch: int, tmp_path: Path
) -> None:
    if missing := missing_programs():
        packages = "Debian: qemu-user, binutils-aarch64-linux-gnu"
        message = f"not installed: {', '.join(missing)} ({packages})"
        if os.environ.get("REQUIRE_ARM") == "1":
            pytest.fail(message)
        pytest.skip(message)
    dataset, layout, seeds = disc(24), Layout(widths, batch), range(LANES)
    group = Networks(
        kernel(layout, LANES, processor()), initial_parameters(layout, seeds), seeds,
        pixel_table(dataset, layout.tile), dataset.labels.size,
    )  # fmt: skip
    rates = AdamRates(1e-2, 1000, 0).take(200)
    emulated = train_emulated(group, rates, tmp_path)
    group.train(0, rates)
    here = np.stack([group.parameters, group.first_moments, group.second_moments])
    np.testing.assert_array_equal(emulated.view(np.uint32), here.view(np.uint32))
