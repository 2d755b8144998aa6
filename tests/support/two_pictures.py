"""A small report about two pictures, which different networks learn."""

from __future__ import annotations

import shutil
from pathlib import Path

from support.killing import copy_content
from support.paths import ROOT

SECOND = """
[[experiment]]
id = "bottle"
title = "The bottle"
picture = "pictures/bottle.toml"
pixels = 20
widths = [5]

[[variant]]
id = "deep-bottle"
title = "Deep bottle"
of = "bottle"
widths = [2, 2, 2]
iterations = 40
snapshots = [[0, 40, 4]]
seeds = 2
"""
ARTICLE = """+++
title = "A bottle, too"
slug = "bottle"
description = "The same of another picture."
order = 2
date = 2026-11-24
experiment = "bottle"
+++
{% set e = facts.experiment %}
{{ e.widths | sum | count("neuron") }} on {{ e.pixels | count("row") }} of {{ e.id }}, not
{{ experiments["cat"].experiment.widths | sum | count("neuron") }} of the cat.
{% if has_part("diamond") %}The diamond is there.{% endif %}

{% call figure("end") %}
The end of {{ run("good-1").title }}.
{% endcall %}

{{ figure("row", step=["first", "last"], caption="From the first to the last.") }}

{{ see("end") }}; [explore]({{ page("explore") }}), [data]({{ page("downloads") }}),
[the cat]({{ page("explore/cat") }}), [its data]({{ page("downloads/cat") }}).

{{ evidence("Straight first layer") }}
"""
METHODS = """+++
title = "Methods"
slug = "methods"
description = "How it was measured."
order = 3
date = 2026-11-23
experiment = "bottle"
+++
{{ claims_table() }}
"""


def write_first(folder: Path) -> Path:
    """Write the report of the cat alone, and return its folder."""
    content = copy_content(folder)
    report = content / "report.toml"
    text = report.read_text(encoding="utf-8")
    # In a draft, a variant trains at most as long as the draft.
    assert "iterations = 5_000" in text
    report.write_text(text.replace("iterations = 5_000", "iterations = 30"), encoding="utf-8")
    return content


def write_second(content: Path) -> Path:
    """Add the bottle to the report of the cat: its experiment, articles and picture."""
    report = content / "report.toml"
    report.write_text(report.read_text(encoding="utf-8") + SECOND, encoding="utf-8")
    (content / "articles/bottle.md").write_text(ARTICLE, encoding="utf-8")
    (content / "articles/methods.md").write_text(METHODS, encoding="utf-8")
    shutil.copy(ROOT / "content/pictures/bottle.toml", content / "pictures")
    return content
