"""The setting of models that are published with a description of each field, and a shared field."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

# The text below a field is its description in the JSON Schema and in the author's reference.
DESCRIBED = ConfigDict(use_attribute_docstrings=True)
# What the numbers of a series are.
Unit = Annotated[str, Field(description="What the numbers are, as the chart's axis says.")]
