"""The models of `report.toml`: words for every field, and the range of snapshots."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from ginn.config import models
from ginn.config.models import Experiment, ReportFile, Snapshots
from ginn.config.validation import Table, allowed_at


class Recorded(Table):
    """A table of snapshots alone."""

    snapshots: Snapshots


def recorded(ranges: object) -> tuple[int, ...]:
    return Recorded.model_validate({"snapshots": ranges}).snapshots


def fields(model: type[Table], keys: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every field of a model and of the tables in it."""
    for field in model.model_fields.values():
        path = (*keys, str(field.alias))
        yield path
        name = {"site": "Site", "experiment": "Experiment", "variant": "Variant", "draft": "Draft",
                "screening": "Screening", "full-runs": "FullRuns", "shown": "Shown",
                "confirmation": "Confirmation"}  # fmt: skip
        if path == ("variant", "screening"):
            yield from fields(models.VariantScreening, path)
        elif path[-1] in name:
            yield from fields(getattr(models, name[path[-1]]), path)


@pytest.mark.parametrize("path", list(fields(ReportFile)), ids=".".join)
def test_report_file_has_words_of_its_own_for_every_field(path: tuple[str, ...]) -> None:
    words = allowed_at(ReportFile, path)
    assert words
    tables = {"site", "draft", "policy", "screening", "full-runs", "shown", "parts",
              "confirmation"}  # fmt: skip
    assert (words == "a table") == (path[-1] in tables)


def test_snapshots_of_ranges_are_all_their_iterations() -> None:
    assert recorded([[0, 2, 1], [5, 10, 2]]) == (0, 1, 2, 5, 7, 9)
    assert len(recorded([[0, 4_999, 1]])) == 5_000


@pytest.mark.parametrize(
    "ranges",
    [
        [[0, 5_000, 1]],
        [[0, 99_999_999, 1]],
        [[0, 4_999, 1], [5_000, 5_000, 1]],
        [[0, 3_999, 1]] * 100_000,
        [[3, 2, 1]],
        [[0, 1, 0]],
        [[0, 1, -1]],
        [[0, 1]],
        [[0, 1, 1, 1]],
        [[0, 1.0, 1]],
        [[False, 1, 1]],
        [[-1, 1, 1]],
        [0, 1, 1],
        "0",
        {},
    ],
)
def test_snapshots_of_other_ranges_are_refused(ranges: object) -> None:
    with pytest.raises(ValidationError):
        recorded(ranges)


def test_experiment_is_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Experiment.model_construct(id="a").id = "b"
