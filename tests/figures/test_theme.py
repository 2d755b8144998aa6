"""The colours of lines, for all common kinds of colour vision, on every background.

How a colour looks to a dichromat is simulated by the matrices of Machado, Oliveira and Fernandes
(A Physiologically-based Model for Simulation of Color Vision Deficiency, IEEE TVCG 15(6), 2009) at
severity 1, and of Viénot, Brettel and Mollon (Digital Video Colourmaps for Checking the Legibility
of Displays by Dichromats, Color Res. Appl. 24(4), 1999) as a second opinion. The difference of two
colours is CIEDE2000 (Sharma, Wu and Dalal, The CIEDE2000 Color-Difference Formula, Color Res. Appl.
30(1), 2005).

| what | bound | reason |
| --- | --- | --- |
| difference of two lines' colours | 12 | see `LEAST_DIFFERENCE` |
| contrast of a line with a ground | 3 | WCAG 2.2, success criterion 1.4.11 |
| CIEDE2000 of the published pairs | 0.00005 | they are printed with four decimals |
| CIELAB of the primaries | 0.01 | they are printed with two decimals |
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.paths import CONTENT
from support.sample_report import make_report

from ginn.config.loader import load_settings
from ginn.figures.theme import (
    FAILED,
    INK,
    MUTED,
    PAPER,
    PICTURE_BLACK,
    PICTURE_WHITE,
    Shades,
    colours_of,
    contrast,
    paint,
    style_sheet,
)

Float64 = NDArray[np.float64]
Lab = tuple[float, float, float]
COLOUR = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")

THEMES = ("light", "dark")
GROUNDS = {
    "paper": PAPER,
    "picture-black": PICTURE_BLACK,
    "picture-white": PICTURE_WHITE,
}

# The least difference that is visible between two large patches side by side is about 1. Thin lines
# that are apart from each other need several times as much to be told apart at a glance.
LEAST_DIFFERENCE = 12.0

MACHADO = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
VIENOT = {
    "protanopia": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
    "deuteranopia": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
}
EYES = {
    "normal": np.eye(3),
    **{f"{eye} (Machado)": np.array(matrix) for eye, matrix in MACHADO.items()},
    **{f"{eye} (Viénot)": np.array(matrix) for eye, matrix in VIENOT.items()},
}

# IEC 61966-2-1; rows give X, Y, Z of linear red, green and blue.
XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
D65 = XYZ.sum(axis=1)


def linear(colour: str) -> Float64:
    """`#rrggbb` as linear light, (3,) from 0 to 1."""
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    curved = ((channels + 0.055) / 1.055) ** 2.4
    return np.where(channels <= 0.04045, channels / 12.92, curved)


def cielab(light: Float64) -> Lab:
    """L*, a*, b* of linear light."""
    ratios = XYZ @ light / D65
    cube_root = np.where(ratios > (6 / 29) ** 3, np.cbrt(ratios), ratios * 841 / 108 + 4 / 29)
    x, y, z = cube_root
    return float(116 * y - 16), float(500 * (x - y)), float(200 * (y - z))


def seen(colour: str, eye: str) -> Lab:
    """A colour as that eye sees it."""
    return cielab(np.clip(EYES[eye] @ linear(colour), 0, 1))


def ciede2000(one: Lab, other: Lab) -> float:
    """Equations 2 to 22 of Sharma, Wu and Dalal, with all weights 1."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    grey = 0.5 * (1 - _seventh((math.hypot(a1, b1) + math.hypot(a2, b2)) / 2))
    a1, a2 = (1 + grey) * a1, (1 + grey) * a2
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    hue = h1 + h2 if c1 * c2 == 0 else _mean_hue(h1, h2)
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1
        - 0.17 * _cos(hue - 30)
        + 0.24 * _cos(2 * hue)
        + 0.32 * _cos(3 * hue + 6)
        - 0.20 * _cos(4 * hue - 63)
    )
    away = (lightness - 50) ** 2
    dl = (l2 - l1) / (1 + 0.015 * away / math.sqrt(20 + away))
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2)) / (1 + 0.015 * chroma * t)
    blue = 30 * math.exp(-(((hue - 275) / 25) ** 2))
    rotation = -2 * _seventh(chroma) * math.sin(math.radians(2 * blue))
    return math.sqrt(dl**2 + dc**2 + dh**2 + rotation * dc * dh)


def _seventh(chroma: float) -> float:
    return math.sqrt(chroma**7 / (chroma**7 + 25.0**7))


def _cos(degrees: float) -> float:
    return math.cos(math.radians(degrees))


def _mean_hue(h1: float, h2: float) -> float:
    """The hue half way between two on the shorter arc, in degrees."""
    if abs(h1 - h2) <= 180:
        return (h1 + h2) / 2
    return (h1 + h2 + (360 if h1 + h2 < 360 else -360)) / 2


def lines() -> dict[str, Shades]:
    """The shades of the report's lines by name."""
    spec = load_settings(CONTENT / "report.toml")
    colours = colours_of(spec.site, len(spec.experiment.widths))
    return colours.lines()


# --- the instruments ------------------------------------------------------------------------------

SHARMA = """
50.0000 2.6772 -79.7751 50.0000 0.0000 -82.7485 2.0425
50.0000 3.1571 -77.2803 50.0000 0.0000 -82.7485 2.8615
50.0000 2.8361 -74.0200 50.0000 0.0000 -82.7485 3.4412
50.0000 -1.3802 -84.2814 50.0000 0.0000 -82.7485 1.0000
50.0000 -1.1848 -84.8006 50.0000 0.0000 -82.7485 1.0000
50.0000 -0.9009 -85.5211 50.0000 0.0000 -82.7485 1.0000
50.0000 0.0000 0.0000 50.0000 -1.0000 2.0000 2.3669
50.0000 -1.0000 2.0000 50.0000 0.0000 0.0000 2.3669
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0009 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0010 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0011 7.2195
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0012 7.2195
50.0000 -0.0010 2.4900 50.0000 0.0009 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0010 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0011 -2.4900 4.7461
50.0000 2.5000 0.0000 50.0000 0.0000 -2.5000 4.3065
50.0000 2.5000 0.0000 73.0000 25.0000 -18.0000 27.1492
50.0000 2.5000 0.0000 61.0000 -5.0000 29.0000 22.8977
50.0000 2.5000 0.0000 56.0000 -27.0000 -3.0000 31.9030
50.0000 2.5000 0.0000 58.0000 24.0000 15.0000 19.4535
50.0000 2.5000 0.0000 50.0000 3.1736 0.5854 1.0000
50.0000 2.5000 0.0000 50.0000 3.2972 0.0000 1.0000
50.0000 2.5000 0.0000 50.0000 1.8634 0.5757 1.0000
50.0000 2.5000 0.0000 50.0000 3.2592 0.3350 1.0000
60.2574 -34.0099 36.2677 60.4626 -34.1751 39.4387 1.2644
63.0109 -31.0961 -5.8663 62.8187 -29.7946 -4.0864 1.2630
61.2901 3.7196 -5.3901 61.4292 2.2480 -4.9620 1.8731
35.0831 -44.1164 3.7933 35.0232 -40.0716 1.5901 1.8645
22.7233 20.0904 -46.6940 23.0331 14.9730 -42.5619 2.0373
36.4612 47.8580 18.3852 36.2715 50.5065 21.2231 1.4146
90.8027 -2.0831 1.4410 91.1528 -1.6435 0.0447 1.4441
90.9257 -0.5406 -0.9208 88.6381 -0.8985 -0.7239 1.5381
6.7747 -0.2908 -2.4247 5.8714 -0.0985 -2.2286 0.6377
2.0776 0.0795 -1.1350 0.9033 -0.0636 -0.5514 0.9082
"""


@pytest.mark.parametrize("row", SHARMA.strip().splitlines())
def test_ciede2000_published_pairs_have_their_published_difference(row: str) -> None:
    l1, a1, b1, l2, a2, b2, published = map(float, row.split())
    assert ciede2000((l1, a1, b1), (l2, a2, b2)) == pytest.approx(published, abs=5e-5)
    assert ciede2000((l2, a2, b2), (l1, a1, b1)) == pytest.approx(published, abs=5e-5)


@pytest.mark.parametrize(
    ("colour", "published"),
    [
        ("#ffffff", (100.0, 0.0, 0.0)),
        ("#000000", (0.0, 0.0, 0.0)),
        ("#ff0000", (53.24, 80.09, 67.20)),
        ("#00ff00", (87.73, -86.18, 83.18)),
        ("#0000ff", (32.30, 79.19, -107.86)),
    ],
)
def test_cielab_primaries_are_the_published_ones(colour: str, published: Lab) -> None:
    assert cielab(linear(colour)) == pytest.approx(published, abs=0.01)


@pytest.mark.parametrize("eye", EYES)
@given(grey=st.integers(0, 255))
def test_seen_greys_are_the_same_to_every_eye(eye: str, grey: int) -> None:
    colour = f"#{grey:02x}{grey:02x}{grey:02x}"
    assert seen(colour, eye) == pytest.approx(seen(colour, "normal"), abs=0.01)


# The matrix from linear red, green and blue to the responses of the long, middle and short cones
# (Viénot, Brettel and Mollon). It is an oracle for which colours must look alike, since Machado's
# matrices do not depend on it.
CONES = np.array(
    [[17.8824, 43.5161, 4.11935], [3.45565, 27.1554, 3.86714], [0.0299566, 0.184309, 1.46709]]
)
MISSING = {"protanopia": 0, "deuteranopia": 1, "tritanopia": 2}


@pytest.mark.parametrize("eye", [eye for eye in EYES if eye != "normal"])
def test_seen_colours_that_only_the_missing_cone_tells_apart_look_alike(eye: str) -> None:
    direction = np.linalg.inv(CONES)[:, MISSING[eye.split()[0]]]
    direction *= 0.15 / np.abs(direction).max()
    pair = [np.full(3, 0.3) + side * direction for side in (-1, 1)]
    apart = ciede2000(cielab(pair[0]), cielab(pair[1]))
    alike = ciede2000(*(cielab(EYES[eye] @ light) for light in pair))
    assert apart > 20
    assert alike < apart / 3


# --- the report's colours -------------------------------------------------------------------------


def least_difference(colours: dict[str, Shades], theme: int, eye: str) -> float:
    """The difference of the two colours that are most alike."""
    return min(
        ciede2000(seen(one[theme], eye), seen(other[theme], eye))
        for one, other in itertools.combinations(colours.values(), 2)
    )


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("theme", [0, 1], ids=THEMES)
def test_colours_of_layers_and_output_every_eye_tells_them_apart(theme: int, eye: str) -> None:
    assert least_difference(lines(), theme, eye) >= LEAST_DIFFERENCE


def test_least_difference_colours_of_one_lightness_is_too_small() -> None:
    colours = ("#2d6bd5", "#cc3b3b", "#117f4a", "#a05f00")
    alike = {colour: Shades(colour, colour) for colour in colours}
    assert least_difference(alike, 0, "normal") > LEAST_DIFFERENCE
    for eye in set(EYES) - {"normal"}:
        assert least_difference(alike, 0, eye) < LEAST_DIFFERENCE, eye


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("theme", [0, 1], ids=THEMES)
def test_colours_of_every_line_stands_out_from_every_ground(theme: int, ground: str) -> None:
    for name, shades in lines().items():
        low, high = sorted(
            float(XYZ[1] @ linear(colour)) for colour in (shades[theme], GROUNDS[ground][theme])
        )
        assert (high + 0.05) / (low + 0.05) >= 3, name


@pytest.mark.parametrize("theme", [0, 1], ids=THEMES)
@pytest.mark.parametrize(
    ("layer", "least", "most"),  # CIELAB hue in degrees; sRGB's red is at 40, green 136, blue 306
    [("layer-1", 270, 315), ("layer-2", 15, 50), ("layer-3", 120, 165)],
    ids=("blue", "red", "green"),
)
def test_colours_of_layers_are_blue_red_and_green(
    layer: str, least: int, most: int, theme: int
) -> None:
    _, a, b = cielab(linear(lines()[layer][theme]))
    assert math.hypot(a, b) > 30
    assert least <= math.degrees(math.atan2(b, a)) % 360 <= most


def test_contrast_known_pairs_is_the_published_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.005)
    assert contrast("#123456", "#123456") == 1


@settings(max_examples=40)
@given(COLOUR)
def test_colours_of_any_colour_is_made_to_stand_out_from_every_ground(colour: str) -> None:
    site = make_report().site.model_copy(
        update={"layer_colours": (colour,), "output_colour": colour}
    )
    colours = colours_of(site, 5)
    assert len(colours.layers) == 5
    for theme in (0, 1):
        for ground in (PAPER, PICTURE_BLACK, PICTURE_WHITE):
            assert contrast(colours.output[theme], ground[theme]) >= 3


def test_colours_of_colour_that_stands_out_is_left_alone() -> None:
    site = make_report().site.model_copy(update={"layer_colours": ("#2f50a0", "#a02020")})
    layers = colours_of(site, 3).layers
    assert [shades.light for shades in layers] == ["#2f50a0", "#a02020", "#2f50a0"]


@pytest.mark.parametrize("text", [INK, MUTED, FAILED])
def test_text_colours_are_legible_in_both_themes(text: Shades) -> None:
    for theme in (0, 1):
        assert contrast(text[theme], PAPER[theme]) >= 4.5


def test_style_sheet_has_every_class_in_both_themes() -> None:
    colours = make_report().colours
    light, dark = style_sheet(colours).split("@media(prefers-color-scheme:dark)")
    for kind, (attribute, shades) in colours.paints().items():
        assert f".{kind}{{{attribute}:{shades.light}}}" in light
        assert f".{kind}{{{attribute}:{shades.dark}}}" in dark


def test_paint_has_the_class_and_its_light_shade() -> None:
    colours = make_report().colours
    assert paint("ink") == {"class": "ink", "fill": INK.light}
    assert colours.paint("output") == {"class": "output", "stroke": colours.output.light}


def test_properties_has_a_name_for_each_layer_and_the_output() -> None:
    names = list(make_report().colours.properties())
    assert names[-4:] == ["layer-1", "layer-2", "layer-3", "output"]


def test_style_sheet_dark_white_over_black_is_the_toned_down_white() -> None:
    dark = style_sheet(make_report().colours).partition("@media(prefers-color-scheme:dark)")[2]
    opacity = float(dark.partition(".white{opacity:")[2].partition("}")[0])
    black, white = (
        np.array([int(shades.dark[i : i + 2], 16) for i in (1, 3, 5)])
        for shades in (PICTURE_BLACK, PICTURE_WHITE)
    )
    assert black + opacity * (255 - black) == pytest.approx(white, abs=1)


@given(st.lists(COLOUR, min_size=1, max_size=3), COLOUR)
@settings(max_examples=60, deadline=None)
def test_words_about_layers_are_legible_in_both_themes(layers: list[str], output: str) -> None:
    site = load_settings(CONTENT / "report.toml").site
    changed = site.model_copy(update={"layer_colours": tuple(layers), "output_colour": output})
    for shades in colours_of(changed, 3).words().values():
        for shade, paper in zip(shades, PAPER, strict=True):
            assert contrast(shade, paper) >= 4.5
