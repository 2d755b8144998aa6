"""Invented series of every kind for charts, with the seeds of the sample report."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from ginn.analysis import evidence
from ginn.analysis.claims.corner_kinks import FARTHEST
from ginn.analysis.evidence import Evidence
from ginn.analysis.failure_series import (
    DeadLayerFate,
    FailedRunSeries,
    FailureKind,
    FailureRate,
    Predictor,
    PreventionSeries,
    SurvivalCurve,
)


def spread_of(*median: float | None) -> evidence.Spread:
    low = tuple(None if each is None else each * 0.8 for each in median)
    return evidence.Spread(median, low, tuple(None if x is None else x * 1.1 for x in median))


def group(*wrong: tuple[float, float, float], failed: tuple[int, ...] = ()) -> evidence.ErrorGroup:
    seeds = tuple(range(len(wrong)))
    return evidence.ErrorGroup(seeds, tuple(seed in failed for seed in seeds), wrong)


def network(title: str, widths: tuple[int, ...], *errors: float) -> evidence.NetworkOutcome:
    return evidence.NetworkOutcome(title, widths, errors, 0, (1,) * len(errors), 40, 4, 0.03, 0.24)


@cache
def sample_evidence() -> Evidence:
    """Invented evidence of a network with three layers; its seeds are those of the report."""
    times = (0, 9, 99, 999_999)
    arms = tuple(
        evidence.InterventionArm(name, 8, learnt)
        for name, learnt in (
            ("untouched", (0, 0, 1)),
            ("raised", (0, 4, 8)),
            ("elsewhere", (0, 2, 2)),
        )
    )
    return Evidence(
        regions=evidence.RegionCounts(
            (0, 1, 2), times, ((40, 30, 200, 600), (50, 20, 100, 700), (60, 10, 60, 90)),
            (35, 45, 80), 48, 1_177, 2_571_353,
        ),
        shift=evidence.ShiftShares(
            6, times, tuple(spread_of(0.9, None, 0.3, 0.2) for _ in range(3)),
            ((0.6, 0.5, 0.5, 0.4),) * 3,
        ),
        corners=evidence.CornerDistances(
            6, times, tuple(spread_of(FARTHEST / 1.1, 0.2, 0.1, 0.02) for _ in range(3)),
            ((0.4, 0.3, 0.2, 0.05),) * 3, ((0.5, 0.4, 0.3, 0.2),) * 3,
        ),
        duplicate_neurons=evidence.CopyShares(
            0.9, ((0.0, 0.0, 0.01),) * 3,
            tuple(tuple(share / layer for share in (0.12, 0.0, 0.06)) for layer in (3, 2, 1)),
            (0.02, 0.01, 0.03),
        ),
        dead_layers=evidence.DeadLayersInScreening(
            "diamond", 10_000, (0, 1, 2, 3), (0, 2, 3, 2), (0.0, 0.25, 1.0, 1.0),
            (0.95, 0.4, 0.1, 0.8),
        ),
        dead_periods=evidence.DeadPeriodsOfRuns(
            "diamond", 999_999,
            (
                evidence.DeadPeriodsOfRun(0, True, ()),
                evidence.DeadPeriodsOfRun(1, True, (evidence.DeadPeriod(2, 99, 999),)),
                evidence.DeadPeriodsOfRun(2, False, (evidence.DeadPeriod(3, 9, None),)),
            ),
        ),
        symmetry=evidence.MirrorSeries(
            (0, 1, 2), (0.02, 0.05, 0.4), ((0.9, 0.8, 0.5), (0.7, 0.6, 0.4), (0.6, None, 0.3)),
            (0.45, 0.4, 0.35), (0.6, 0.5, 0.4),
            (-0.5, None, 0.25), (-0.8, None, -0.1), (-0.1, None, 0.5),
        ),
        interventions=evidence.InterventionSeries(
            evidence.Treatment("raised", 2, 4, (0, 500, 50_000), arms),
            evidence.Treatment(
                "lowered", 1, 4, (0, 500, 50_000), (replace(arms[0], name="lowered"),)
            ),
        ),
        parts=evidence.PartErrorSeries(
            ("cap", "top", "rows of the top"), ("cap",),
            group((0.01, 0.02, 0.03), (0.0, 0.04, 0.05), (0.5, 0.6, 1.0), failed=(2,)),
            group((0.25, 0.36, 0.49), (0.64, 0.81, 0.16)),
        ),
        variants=evidence.NetworkSeries(
            (network("Plain", (16, 16, 16), 0.02, 0.01), network("Deeper", (16,) * 5, 0.005, 0.004))
        ),
        prevention=PreventionSeries(
            10_000,
            FailureRate("Plain", "", 1_000, 60, 0.04, 0.08),
            (
                FailureRate(
                    "Small start", "initial weights and biases times 0.5", 500, 5, 0.003, 0.023,
                    -5.0, -7.0, -3.0, 1e-6, 2e-6, "rarer",
                ),
                FailureRate(
                    "Zero biases", "initial biases of zero", 500, 40, 0.06, 0.11,
                    2.0, -1.0, 5.0, 0.16, 0.16, "not decidable here",
                ),
            ),
        ),
        failed_runs=FailedRunSeries(
            "diamond", 10_000, 100_000, 999_999,
            SurvivalCurve(
                8, 4, (15_000, 60_000, 400_000), (0.75, 0.625, 0.5), (0.31, 0.23, 0.15),
                (0.93, 0.86, 0.77),
            ),
            SurvivalCurve(2, 2, (15_000, 25_000), (0.5, 0.0), (0.006, None), (0.91, None)),
            (
                FailureKind("a layer dead over all of it", 8, 0.44, 0.97, 3, None),
                FailureKind("linear over it", 2, 0.03, 0.56, 2, 15_000),
            ),
            (DeadLayerFate(2, 3, 2), DeadLayerFate(3, 5, 1)),
            (Predictor("the number of the dead layer", 0.4, 0.1, 0.6, 0.03),),
        ),
    )  # fmt: skip
