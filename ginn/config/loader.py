"""Read `report.toml` into settings: inheritance, variants, and rules about more than one key."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ginn.config.key_lines import Keys
from ginn.config.models import (
    MOST_ITERATIONS,
    Experiment,
    ReportFile,
    Settings,
    Shown,
    Variant,
)
from ginn.config.validation import Document, read_document, validated
from ginn.errors import meant, quoted

# The keys that no experiment inherits, and those that it inherits only with the same picture.
_OWN = ("id", "title", "picture", "optional")
_OF_THE_PICTURE = ("top", "threshold", "fit", "parts")


def load_settings(path: Path) -> Settings:
    """The settings in a `report.toml`.

    Raises AuthorError for a file that is missing or not TOML, a missing or an unknown key, and a
    value that is not allowed.
    """
    document = read_document(path, "the report's TOML")
    document = replace(document, values=_with_inherited(document.values))
    report = validated(document, ReportFile)
    if not report.site.credited:
        raise document.error(("site", "author"), "nothing", "a line of text, or [[site.authors]]")
    if report.experiment[0].optional:
        raise document.error(
            ("experiment", 0, "optional"), "true", "false, since every build has this one"
        )
    for number, experiment in enumerate(report.experiment):
        _require_consistent(document, ("experiment", number), experiment)
    _require_ids(document, report)
    variants: dict[str, list[Experiment]] = {each.id: [] for each in report.experiment}
    for number, variant in enumerate(report.variant):
        keys: Keys = ("variant", number)
        varied = _varied_experiment(document, keys, variant, report.experiment)
        variants[varied.id].append(_as_experiment(document, keys, variant, varied))
    return Settings(
        site=report.site,
        experiments=report.experiment,
        draft=report.draft,
        variants={name: tuple(each) for name, each in variants.items()},
        policy=report.policy,
        confirmation=report.confirmation,
    )


def _with_inherited(values: dict[str, Any]) -> dict[str, Any]:
    """The document with each later experiment's missing keys taken from the first one."""
    tables = values.get("experiment")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        return values
    return {**values, "experiment": [*tables[:1], *(_merged(t, tables[0]) for t in tables[1:])]}


def _merged(table: dict[str, Any], first: dict[str, Any]) -> dict[str, Any]:
    """An experiment's table with its missing keys taken from the first experiment's.

    Keys that belong to a picture are taken only if both experiments have the same picture.
    """
    same = table.get("picture") == first.get("picture")
    left_out = _OWN if same else (*_OWN, *_OF_THE_PICTURE)
    merged = {key: value for key, value in first.items() if key not in left_out}
    for key, value in table.items():
        inner = isinstance(value, dict) and isinstance(merged.get(key), dict) and key != "parts"
        merged[key] = merged[key] | value if inner else value
    return merged


def _require_consistent(document: Document, keys: Keys, experiment: Experiment) -> None:
    """Raise AuthorError for an experiment whose values contradict each other."""
    iterations, screening = experiment.iterations, experiment.screening.iterations
    _require_schedule(document, keys, experiment.snapshots, iterations)
    if screening > iterations:
        allowed = f"a whole number from 1 to {iterations}"
        raise document.error((*keys, "screening", "iterations"), quoted(screening), allowed)
    _require_warm_up(document, keys, experiment)
    shown = experiment.shown.good + experiment.shown.bad
    made = experiment.full_runs.first_seeds + experiment.full_runs.failed_seeds
    if not 1 <= shown <= made:
        allowed = f"from 1 to {made}, the number of full runs"
        raise document.error((*keys, "shown", "good and bad together"), str(shown), allowed)


def _require_warm_up(document: Document, keys: Keys, experiment: Experiment) -> None:
    """Raise AuthorError for a warm-up that is longer than the training."""
    if experiment.warm_up > experiment.iterations:
        allowed = f"a whole number from 0 to {experiment.iterations}"
        raise document.error((*keys, "warm-up"), quoted(experiment.warm_up), allowed)


def _require_schedule(
    document: Document, keys: Keys, snapshots: Sequence[int], iterations: int
) -> None:
    """Raise AuthorError for snapshots that do not rise from 0 to the end of the training."""
    allowed = f"ranges [first, last, step] that rise from 0 to exactly {iterations}"
    for number, item in enumerate(_value(document, (*keys, "snapshots"))):
        if item[1] > iterations:
            raise document.error((*keys, "snapshots", number), quoted(item), allowed)
    rising = all(a < b for a, b in itertools.pairwise(snapshots))
    if not rising or len(snapshots) < 2 or snapshots[0] != 0 or snapshots[-1] != iterations:
        found = f"{len(snapshots)} iterations that do not rise from 0 to {iterations}"
        raise document.error((*keys, "snapshots"), found, allowed)


def _value(document: Document, keys: Keys) -> Any:
    """The value under these keys, which the document is known to have."""
    value: Any = document.values
    for key in keys:
        value = value[key]
    return value


def _require_ids(document: Document, report: ReportFile) -> None:
    """Raise AuthorError if two experiments or variants have the same id."""
    taken: set[str] = set()
    ids: list[tuple[Keys, str]] = [
        *((("experiment", n, "id"), each.id) for n, each in enumerate(report.experiment)),
        *((("variant", n, "id"), each.id) for n, each in enumerate(report.variant)),
    ]
    for keys, name in ids:
        if name in taken:
            allowed = "an id that no other experiment or variant has"
            raise document.error(keys, quoted(name), allowed)
        taken.add(name)


def _varied_experiment(
    document: Document, keys: Keys, variant: Variant, experiments: Sequence[Experiment]
) -> Experiment:
    """The experiment that a variant changes."""
    of = {experiment.id: experiment for experiment in experiments}
    name = experiments[0].id if variant.of is None else variant.of
    if name not in of:
        raise document.error((*keys, "of"), quoted(name), ", ".join(of), meant(name, of))
    return of[name]


def _as_experiment(
    document: Document, keys: Keys, variant: Variant, varied: Experiment
) -> Experiment:
    """A variant as an experiment: its own keys replace those of the varied experiment."""
    changed: dict[str, Any] = {
        "id": variant.id,
        "title": variant.title,
        # A copy is not checked: no experiment has 0 full runs, but a variant may.
        "full_runs": varied.full_runs.model_copy(
            update={"first_seeds": variant.seeds, "failed_seeds": 0}
        ),
        "shown": Shown(good=0, bad=0),
    }
    if variant.screening.seeds is not None:
        seeds = {"seeds": variant.screening.seeds}
        changed["screening"] = varied.screening.model_copy(update=seeds)
    given = (
        *("widths", "batch", "learning_rate", "warm_up", "initial_scale", "bias"),
        *("iterations", "snapshots"),
    )
    values = {key: getattr(variant, key) for key in given}
    changed |= {key: value for key, value in values.items() if value is not None}
    # The last snapshot must be the last iteration, so neither key can change alone.
    for one, other in (("iterations", "snapshots"), ("snapshots", "iterations")):
        if one in changed and other not in changed:
            raise document.error((*keys, other), "nothing", f"`{other}` where `{one}` is given")
    experiment = varied.model_copy(update=changed)
    if "iterations" in changed:
        least = varied.screening.iterations
        if experiment.iterations < least:
            allowed = f"a whole number from {least} to {MOST_ITERATIONS}"
            raise document.error((*keys, "iterations"), quoted(experiment.iterations), allowed)
        _require_schedule(document, keys, experiment.snapshots, experiment.iterations)
    if "warm_up" in changed or "iterations" in changed:
        _require_warm_up(document, keys, experiment)
    return experiment
