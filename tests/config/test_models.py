"""The models of `report.toml`: words for every field."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import TypeAdapter, ValidationError

from ginn.config import models
from ginn.config.models import Experiment, ReportFile, Snapshots
from ginn.config.validation import Table, allowed_at


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


def test_snapshots_are_at_most_five_thousand() -> None:
    read = TypeAdapter(Snapshots).validate_python
    assert len(read([[0, 4_999, 1]])) == 5_000
    for more in ([[0, 4_999, 1], [5_000, 5_000, 1]], [[0, 3_999, 1]] * 100_000):
        with pytest.raises(ValidationError, match="too many snapshots"):
            read(more)


def test_experiment_is_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Experiment.model_construct(id="a").id = "b"
