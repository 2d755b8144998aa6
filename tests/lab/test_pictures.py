"""The laboratory's pictures: built-in ones, image files, and their encoding in an address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Playwright
from support.lab_scripts import KERNEL, LAB, empty_page
from support.paths import ROOT

from ginn.dataset.segmentation import otsu_threshold
from ginn.viewer_data.viewer_files import run_lengths

pytestmark = pytest.mark.browser

VIEWER = ROOT / "templates/viewer"


@pytest.fixture(scope="module")
def page(playwright: Playwright) -> Iterator[Page]:
    """A page with the scripts of pictures and setups."""
    scripts = [LAB / f"{name}.js" for name in ("pictures", "changes", "setup")]
    with empty_page(
        playwright, [*KERNEL, *(VIEWER / f"{name}.js" for name in ("dom", "vlq")), *scripts]
    ) as made:
        yield made


@pytest.mark.parametrize("seed", range(6))
def test_picture_survives_its_address_as_the_build_writes_it(page: Page, seed: int) -> None:
    rng = np.random.default_rng(seed)
    side = int(rng.integers(2, 60))
    labels = rng.random((side, side)) < rng.choice([0.0, 0.02, 0.5, 1.0])
    text, found = page.evaluate(
        """([labels, side]) => {
          const text = GINN.pictures.encode(Uint8Array.from(labels));
          return [text, [...GINN.pictures.decode(text, side)]];
        }""",
        [labels.astype(int).ravel().tolist(), side],
    )
    assert text == run_lengths(labels)
    assert found == labels.astype(int).ravel().tolist()


@pytest.mark.parametrize("text", ["", "!", "AB", "gggggggggg", "ZZZZ", "-"])
def test_text_that_is_no_picture_gives_none(page: Page, text: str) -> None:
    assert page.evaluate("(text) => GINN.pictures.decode(text, 4) === undefined", text)


def test_given_pictures_have_both_colours_and_differ(page: Page) -> None:
    found = page.evaluate(
        "() => GINN.pictures.names.map((name) => [...GINN.pictures.given(name, 50)])"
    )
    assert len(found) == 8
    assert all(0.1 < np.mean(labels) < 0.9 for labels in found)
    assert len({tuple(labels) for labels in found}) == 8


@pytest.mark.parametrize("seed", range(8))
def test_otsu_divides_levels_as_the_program_does(page: Page, seed: int) -> None:
    rng = np.random.default_rng(seed)
    levels = np.clip(rng.normal(rng.choice([60, 170], 400), 25), 0, 255).astype(np.uint8)
    found = page.evaluate("(all) => GINN.pictures.otsu(Uint8Array.from(all))", levels.tolist())
    assert found == otsu_threshold(levels.reshape(20, 20))


def test_fill_turns_what_is_connected_and_nothing_else(page: Page) -> None:
    rows = ["11000", "10010", "11110", "00010", "11111"]
    labels = [int(each) for row in rows for each in row]
    found = page.evaluate("(all) => [...GINN.pictures.filled(Uint8Array.from(all), 5, 2)]", labels)
    expected = ["11111", "11111", "11111", "00011", "11111"]
    # The first two pixels of the fourth row share no side with the filled area.
    assert found == [int(each) for row in expected for each in row]


SITE: dict[str, Any] = {
    "pixels": 8,
    "pictures": [
        {
            "id": "half",
            "title": "Half",
            "pixels": 8,
            "labels": "gBgB",
            "iterations": 9000,
            "index": "",
            "training": {"widths": [4, 4], "rate": 0.001, "batch": 16, "length": 500},
        }
    ],
    "layer_colours": ["#123456"],
    "output_colour": "#123456",
}


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("", {}),
        ("#picture=ring&network=3-2-1&seed=7", {"source": "ring", "widths": [3, 2, 1], "seed": 7}),
        ("#picture=nothing&network=0-2&seed=x&rate=-1", {}),
        ("#network=1-1-1-1-1-1-1&batch=0&at=-3", {}),
        ("#network=33", {}),
        ("#schedule=constant&rate=0.5&scale=0.25", {"cosine": False, "rate": 0.5, "scale": 0.25}),
        ("#picture=own:gC", {"source": "own"}),
        ("#changes=30:wake-1,freeze-2,reset-1_4,copy-2_1_3,line-2_0.5_-1e-3_2",
         {"changes": [{"at": 30, "made": [
             "wake-1", "freeze-2", "reset-1_4", "copy-2_1_3", "line-2_0.5_-1e-3_2"]}]}),
        ("#changes=30:wake-1_0.2_0.5,silence-2_0_0_1_0.5;40:add-1,reset-1_5",
         {"changes": [{"at": 30, "made": ["wake-1_0.2_0.5", "silence-2_0_0_1_0.5"]},
                      {"at": 40, "made": ["add-1", "reset-1_5"]}]}),
        ("#changes=30:reset-1_5,wake-1_2_0.5,wake-1_0.5,add-3;40:add", {}),
        ("#network=32&changes=9:add-1", {"widths": [32]}),
        ("#changes=30:wake-3,wake-0,reset-1_5,reset-1,copy-1_1,line-5_1_1_1", {}),
        ("#changes=30:line-1_1_1,boil-1,x", {}),
        ("#changes=wake-1", {}),
        ("#seed=4294967295&length=10&batch=1&at=10",
         {"seed": 4294967295, "length": 10, "batch": 1, "at": 10}),
    ],
)  # fmt: skip
def test_setup_of_any_address_is_valid_and_survives_its_own(
    page: Page, text: str, changed: dict[str, Any]
) -> None:
    first, found, again = page.evaluate(
        """([text, site]) => {
          const plain = (setup) => ({ ...setup, picture: [...setup.picture] });
          const found = GINN.setup.read(text, site);
          const again = GINN.setup.read(`#${GINN.setup.write(found)}`, site);
          return [plain(GINN.setup.first(site)), plain(found), plain(again)];
        }""",
        [text, SITE],
    )
    assert again == found
    changed = {"changes": [], **changed}
    assert {name: found[name] for name in found if name != "picture"} == {
        **{name: first[name] for name in first if name != "picture"},
        **changed,
    }
