"""Change settings for `--draft`, `--picture` and other options, and check the limit of memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ginn.config.models import MOST_ID, Draft, Experiment, FullRuns, Screening, Settings, Shown
from ginn.config.validation import DEVICES
from ginn.errors import SHOWN, AuthorError

# The most bytes of recorded weights of an experiment. A build uses RECORDED_FACTOR times as many.
MOST_RECORDED = 300_000_000
# The largest number of a draft's snapshots that are evenly spaced over its training.
EVEN = 20


def require_memory(settings: Settings) -> None:
    """Raise AuthorError where an experiment records more weights than a build can hold."""
    variants = (variant for each in settings.variants.values() for variant in each)
    for experiment in (*settings.experiments, *variants):
        ins, outs = (2, *experiment.widths), (*experiment.widths, 1)
        numbers = sum((1 + width) * units for width, units in zip(ins, outs, strict=True))
        snapshots = len(experiment.snapshots)
        runs = experiment.full_runs.first_seeds + experiment.full_runs.failed_seeds
        if (found := 4 * numbers * snapshots * runs) > MOST_RECORDED:
            raise AuthorError(
                f"{numbers:,} weights, {snapshots} snapshots and {runs} runs, "
                f"{found / 1e6:,.0f} MB in all",
                f"{MOST_RECORDED / 1e6:,.0f} MB",
                "use fewer units, snapshots or runs, or raise MOST_RECORDED in "
                "ginn/config/overrides.py",
                key=f"experiment {experiment.id}",
            )


def as_draft(settings: Settings) -> Settings:
    """The settings of `--draft`: fewer seeds, shorter trainings, fewer snapshots.

    Variants that are only screened are left out, since a few seeds tell nothing about a rate.
    """
    trained = {
        name: tuple(each for each in variants if each.full_runs.first_seeds)
        for name, variants in settings.variants.items()
    }
    shorter = partial(_shortened, draft=settings.draft)
    return _each_changed(replace(settings, variants=trained, is_draft=True), shorter)


def _shortened(full: Experiment, draft: Draft) -> Experiment:
    """One experiment with the settings of a draft."""
    iterations = min(draft.iterations, full.iterations)
    seeds = min(draft.seeds, full.full_runs.first_seeds + full.full_runs.failed_seeds)
    # Articles read "good-1" by default, so a single run has a good role if the report has one.
    bad = 1 if full.shown.bad and (seeds > 1 or not full.shown.good) else 0
    screening = full.screening
    changed = {
        "iterations": iterations,
        "snapshots": _thinned(full.snapshots, iterations, draft.snapshots),
        "screening": Screening(
            seeds=min(draft.seeds, screening.seeds),
            iterations=min(screening.iterations, max(iterations // 2, 1)),
        ),
        "full_runs": FullRuns(first_seeds=seeds, failed_seeds=0),
        "shown": Shown(good=min(full.shown.good, seeds - bad), bad=bad),
    }
    return full.model_copy(update=changed)


def _thinned(full: Sequence[int], iterations: int, most: int) -> tuple[int, ...]:
    """The snapshots of a shorter training, at most `most` of them, from those of the full one.

    At most half of them are evenly spaced, because claims compare late snapshots with early ones,
    and many schedules are sparse at the end. The others are thinned evenly by their place in the
    full schedule, so that the early ones stay dense. The first and the last are kept.
    """
    within = sorted({each for each in full if each <= iterations} | {iterations})
    count = min(most, len(within))
    parts = min(EVEN, count // 2)
    even = {iterations * part // parts for part in range(1, parts + 1)} if parts else set()
    others = [each for each in within if each not in even]
    left = count - len(even)
    places = {round(i * (len(others) - 1) / max(left - 1, 1)) for i in range(left)}
    return tuple(sorted({others[place] for place in places} | even))


def with_trainer(settings: Settings, trainer: str) -> Settings:
    """The settings of `--trainer`, for all experiments and variants."""
    return _each_changed(settings, lambda each: each.model_copy(update={"trainer": trainer}))


def _each_changed(settings: Settings, change: Callable[[Experiment], Experiment]) -> Settings:
    """The settings with every experiment and every variant changed."""
    return replace(
        settings,
        experiments=tuple(map(change, settings.experiments)),
        variants={name: tuple(map(change, each)) for name, each in settings.variants.items()},
    )


def without_optional(settings: Settings) -> Settings:
    """The settings of a build without `--all`: the experiments that are not optional."""
    kept = tuple(each for each in settings.experiments if not each.optional)
    variants = {each.id: settings.variants[each.id] for each in kept}
    return replace(settings, experiments=kept, variants=variants)


def with_second_block(settings: Settings) -> Settings:
    """The settings of `--confirm`: a second block of seeds, which optional experiments lack."""
    return replace(settings, second_seed=settings.confirmation.first_seed)


def block_starts(settings: Settings, experiment: Experiment) -> tuple[int, ...]:
    """The first seed of each of an experiment's blocks of seeds; an optional one has one block."""
    second = settings.second_seed
    return (0,) if second is None or experiment.optional else (0, second)


def with_picture(settings: Settings, picture: Path) -> Settings:
    """The settings of `--picture`: the first experiment alone, with another picture.

    The names of parts and the threshold belong to the old picture and are left out. The id and the
    titles come from the name of the new picture's file.
    """
    first = settings.experiment
    words = re.sub(r"[\W_]+", " ", picture.stem).strip() or "picture"
    name = re.sub(r"[^a-z0-9]+", "-", picture.stem.lower()).strip("-")[:MOST_ID].strip("-")
    changed: dict[str, Any] = {
        "picture": picture.name,
        "threshold": None,
        "parts": {},
        "top": (),
    }
    is_id = re.match(r"[a-z]", name) and name not in DEVICES
    own = {
        "id": name if is_id else f"picture-{name}"[:MOST_ID].strip("-"),
        "title": f"{words[0].upper()}{words[1:]}"[:SHOWN],
    }
    experiment = first.model_copy(update=changed | own)
    variants = tuple(each.model_copy(update=changed) for each in settings.variants[first.id])
    site = settings.site.model_copy(
        update={
            "title": f"How a small network draws a picture: {experiment.title}",
            "description": "Every boundary of every neuron, exact, at every stage of training: an "
            "explorable report on a ReLU network that learns a black and white picture.",
        }
    )
    return replace(
        settings, site=site, experiments=(experiment,), variants={experiment.id: variants}
    )
