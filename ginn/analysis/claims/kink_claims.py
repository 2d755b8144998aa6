"""The claims about kinks and linear regions: straight lines, bends through open paths, growth."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ginn import formatting
from ginn.analysis.claim import Claim, least_of_pairs, medians, row_by_count, row_by_tests
from ginn.analysis.claims.kinks import (
    AGREEMENT,
    BEND,
    SHORTEST_SEGMENT,
    KinkCounts,
    RegionGrowth,
)
from ginn.analysis.effects import paired, share_of_runs
from ginn.analysis.rules import Rule

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

STRAIGHT = Rule(
    name="Straight first layer",
    statement="Boundaries of the first layer are straight lines.",
    measure="Runs in which any polyline of layer 1 has a vertex between its ends, at any snapshot.",
    control=f"crossings at which lines of later layers turn by {BEND:g} degree or more.",
    sample="first",
    tests=("none",),
    own="the claim is exact, so no p-value decides it. It holds if no line bends in any run. It "
    "does not hold if one bends.",
)
OPEN_PATHS = Rule(
    name="Bends through open paths",
    statement="A boundary bends at boundaries of all earlier layers, even of layers that do "
    "not feed it directly, and only where the neurons on a path between them are on.",
    measure="A path is open where all neurons on it are on. Runs with a crossing whose angle off "
    f"the traced line differs by more than {AGREEMENT:g} degree from the angle that the weights "
    f"along open paths predict, or with a bend, of {BEND:g} degree or more, without an open path. "
    f"Crossings with another within {SHORTEST_SEGMENT:g} sides have no angle.",
    control="where a layer lies between, the angle predicted with the neurons on and off as at "
    "another crossing of the same snapshot.",
    sample="first",
    tests=("none",),
    own="the claim is exact, so no p-value decides it. It holds if no run has such a crossing or "
    "bend, and some bend is at a line two or more layers earlier. It does not hold if a run has "
    "one.",
)
REGIONS = Rule(
    name="Regions grow",
    statement="The network has more linear regions after training than before.",
    measure="A run's linear regions at the last snapshot less those at the first.",
    control="untrained networks: the screening runs at their first snapshot.",
    sample="first",
    tests=("signed ranks",),
)


def claim_first_layer_straight(runs: Sequence[KinkCounts]) -> Claim:
    """The claim that no boundary of the first layer has a kink."""
    lines = sum(run.first_layer_lines for run in runs)
    bent = sum(run.first_layer_bent for run in runs)
    later = sum(int(run.bends.sum()) for run in runs)
    crossings = sum(int(run.crossings.sum()) for run in runs)
    broken = sum(run.first_layer_bent > 0 for run in runs)
    return row_by_count(
        STRAIGHT,
        share_of_runs("runs with a bent line of layer 1", broken, len(runs)),
        "does not hold" if bent else "holds" if lines else "not decidable here",
        value=f"{bent or 'none'} of {formatting.count(lines, 'line')} "
        f"{'bends' if bent < 2 else 'bend'}"
        if lines
        else "no line of the first layer crosses the picture",
        control=f"in later layers and the output, {later:,} of "
        f"{formatting.count(crossings, 'crossing')} turned a line by {BEND:g} degree or more"
        if crossings
        else "none, since no line crosses one of an earlier layer",
    )


def claim_bends_through_open_paths(runs: Sequence[KinkCounts]) -> Claim:
    """The claim that boundaries bend at boundaries of earlier layers, and only along open paths."""
    without = sum(run.without_path for run in runs)
    worst = max((run.largest_error for run in runs), default=math.nan)
    other = np.array([run.error_with_other_gates for run in runs])[:, None]
    far = sum(int(np.tril(run.bends, -2).sum()) for run in runs)
    bent = sum(int(run.bends.sum()) for run in runs)
    crossings = sum(int(run.crossings.sum()) for run in runs)
    others = sum(run.without_angle for run in runs)
    broken = sum(run.without_path > 0 or run.largest_error > AGREEMENT for run in runs)
    return row_by_count(
        OPEN_PATHS,
        share_of_runs("runs with a contradiction", broken, len(runs)),
        "does not hold" if broken else "holds" if far else "not decidable here",
        value=f"{_without_path(without, bent)}; {far:,} {'is' if far == 1 else 'are'} at a line "
        f"two or more layers earlier; {_agreement(worst)}"
        if bent
        else "no line bends",
        control="with the on and off neurons of another crossing, the angles miss by "
        f"{medians(other)}° (median)"
        if np.isfinite(other).any()
        else "none, since no line crosses one of a layer two or more above it",
        details=f"Measured at {formatting.count(crossings, 'crossing')}; {others:,} more had no "
        "angle.",
    )


def _without_path(without: int, bent: int) -> str:
    """How many of the bends lack an open path."""
    bends = formatting.count(bent, "bend")
    lack = "lacks" if without < 2 else "lack"
    return f"{f'{without:,}' if without else 'none'} of {bends} {lack} an open path"


def _agreement(worst: float) -> str:
    """How far measured and predicted angles agree, from their largest difference in degrees."""
    if not math.isfinite(worst):
        return "at some crossing the weights predict no angle"
    if worst == 0:
        return "measured and predicted angles are equal"
    digits, power = f"{worst:.1e}".split("e")
    tiny = f"{digits} × 10{str(int(power)).translate(SUPERSCRIPTS)}"
    return f"measured and predicted angles agree to {tiny} degrees"


def claim_regions_grow(runs: Sequence[RegionGrowth], untrained: Sequence[int]) -> Claim:
    """The claim that the network has more linear regions after training than before.

    `untrained` has the number of regions of each screening run at its first snapshot.
    """
    start, end = (
        np.array([getattr(run, name) for run in runs], dtype=np.float64)
        for name in ("start", "end")
    )
    above = int(np.count_nonzero(end > max(untrained)))
    return row_by_tests(
        REGIONS,
        [paired("regions, end against start", end - start)],
        least_of_pairs(len(runs)),
        value=f"{np.median(start):,.0f} at the start, {np.median(end):,.0f} at the end; fewest, "
        f"{np.median([run.fewest for run in runs]):,.0f}, at "
        f"iteration {np.median([run.fewest_at for run in runs]):,.0f} (medians over runs)",
        control=f"{formatting.count(len(untrained), 'untrained network')} had "
        f"{formatting.span([min(untrained), max(untrained)], 'count')}; {above} of "
        f"{formatting.count(len(runs), 'run')} ended above",
        details="As many straight lines as there are neurons make at most "
        f"{runs[0].arrangement:,} regions, a network of these widths at most {runs[0].bound:,}.",
    )
