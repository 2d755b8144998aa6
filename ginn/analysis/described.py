"""The setting of models that are published with a description of each field."""

from __future__ import annotations

from pydantic import ConfigDict

# The text below a field is its description in the JSON Schema and in the author's reference.
DESCRIBED = ConfigDict(use_attribute_docstrings=True)
