"""The laboratory's scripts, and an empty page that has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, Playwright

from support.browser import chromium
from support.paths import ROOT

LAB = ROOT / "templates/lab"
KERNEL = [
    LAB / f"{name}.js"
    for name in (
        "assembler", "kernel_layout", "kernel_numbers", "wasm_products", "wasm_kernel",
        "js_kernel", "trainer",
    )
]  # fmt: skip


@contextmanager
def empty_page(playwright: Playwright, scripts: Sequence[Path]) -> Iterator[Page]:
    """An empty page in a headless Chromium with these scripts."""
    browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
    page = browser.new_page()
    page.add_script_tag(content="globalThis.GINN = {};")
    for script in scripts:
        page.add_script_tag(path=script)
    yield page
    browser.close()


def floats(bits: Sequence[int]) -> np.ndarray:
    """The float32 with these bits."""
    return np.array(bits, dtype=np.uint32).view(np.float32)
