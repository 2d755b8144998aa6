"""The names of all claims that a build can test. Articles use these names to show a claim."""

from __future__ import annotations

from ginn.errors import AuthorError, meant, quoted

CLAIM_NAMES = (
    "Straight first layer",
    "Bends through open paths",
    "Regions grow",
    "Shift before turn",
    "Bias before weight",
    "Shifting again",
    "Bends at corners",
    "Copycats",
    "The indecisive neuron",
    "Dead layers where runs fail",
    "Early dead layers",
    "Early dead layers, chosen runs",
    "Late without lines",
    "Mirrored boundaries",
    "Better is more symmetric",
    "Reviving a dead layer",
    "Making a layer dead",
    "Failed runs and the top",
    "Failed runs and the top, chosen runs",
    "Deeper and wider",
    "What prevents failure",
)


def require_claim(name: object) -> None:
    """Raise AuthorError if `name` is not the name of a claim."""
    if name not in CLAIM_NAMES:
        hint = meant(name, CLAIM_NAMES)
        raise AuthorError(quoted(name), ", ".join(CLAIM_NAMES), hint, key="claim")
