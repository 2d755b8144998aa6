"""The JSON Schema of `report.toml`, by which an editor completes and checks the file.

`python -m ginn.config.schema` prints it. The copy that editors read stands beside the starter's
`report.toml`, so that a report made by `--new` has it too.
"""

from __future__ import annotations

import copy
import sys
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from ginn.config.models import ReportFile
from ginn.files import TEMPLATES, plain_json

PUBLISHED = TEMPLATES / "starter" / "report.schema.json"


class _Generator(GenerateJsonSchema):
    """pydantic's generator without titles of keys, which would only repeat the keys."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def report_schema() -> dict[str, Any]:
    """The JSON Schema of `report.toml`.

    It cannot express the rules about more than one key that `loader.py` checks.
    """
    schema = ReportFile.model_json_schema(schema_generator=_Generator)
    tables = schema["$defs"]
    for table in tables.values():
        for key in table["properties"].values():
            if key.get("default", "") is None:  # TOML has no null, so the key is left out
                del key["default"]
            if "patternProperties" in key:
                key["additionalProperties"] = False
    _add_later_experiments(schema)
    tables["Site"]["anyOf"] = [{"required": ["author"]}, {"required": ["authors"]}]
    dependent = {"iterations": ["snapshots"], "snapshots": ["iterations"]}
    tables["Variant"]["dependentRequired"] = dependent
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema}


def _add_later_experiments(schema: dict[str, Any]) -> None:
    """Let every later experiment leave out the keys that it inherits from the first.

    The first one cannot be optional.
    """
    tables = schema["$defs"]
    later = copy.deepcopy(tables["Experiment"])
    later["required"] = ["id", "title", "picture"]
    for key in ("screening", "full-runs", "shown"):
        name = later["properties"][key]["$ref"].rpartition("/")[2]
        tables[f"Later{name}"] = {k: v for k, v in tables[name].items() if k != "required"}
        later["properties"][key] = {"$ref": f"#/$defs/Later{name}"}
    tables["LaterExperiment"] = later
    tables["Experiment"]["properties"]["optional"]["const"] = False
    experiments = schema["properties"]["experiment"]
    experiments["prefixItems"] = [experiments["items"]]
    experiments["items"] = {"$ref": "#/$defs/LaterExperiment"}


if __name__ == "__main__":
    sys.stdout.buffer.write(plain_json(report_schema()))
