"""The author's reference: what an article and the files beside it can contain, made from the code.

`python -m ginn.pages.reference` prints it. It is an article of the repository's own content, so the
site shows it as a page, and each picture in it is made from the build's own runs. A report that is
made elsewhere does not have it.

Texts come from where the program reads them: docstrings, annotations and models. A missing
description or example raises ValueError.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ginn.analysis.facts import Facts, facts_schema
from ginn.config import models
from ginn.config.authors import Author
from ginn.config.policy import Policy
from ginn.config.validation import Table, allowed_at, table_in
from ginn.dataset.dataset import Dataset
from ginn.files import REPOSITORY
from ginn.formatting import listing
from ginn.pages import bibtex_files, functions
from ginn.pages.articles import FrontMatter
from ginn.pages.citations import Citations, Work
from ginn.pages.figure_calls import FigureCalls
from ginn.pages.figure_views import EVIDENCE, PICTURED, VIEWS
from ginn.pages.filter_checks import FORMATS
from ginn.pages.glossary import Glossary, Terms
from ginn.pages.page_calls import PageCalls
from ginn.pages.parameters import Parameter, parameters_of
from ginn.viewer_data.downloads import outline

PUBLISHED = REPOSITORY / "content" / "articles" / "reference.md"
FRONT = """+++
title = "Reference"
slug = "reference"
description = "Everything that an article, report.toml and the bibliography can say, with examples."
order = 5
date = 2026-11-26
+++
{# Made by `python -m ginn.pages.reference > content/articles/reference.md`. Do not edit. #}
"""
# A macro: the value of a fact in a list.
VALUE = """{% macro value(fact) -%}
{% if fact is none %}none{% elif fact is float %}{{ fact | significant(3) }}
{%- else %}{{ fact | string | truncate(60) }}{% endif %}
{%- endmacro %}
"""

# The arguments in the example of a view. Views of evidence take none.
ARGUMENTS = {
    "network": 'step=["first", "loss 50%", "last"], background="regions"',
    "strip": 'neurons="layer 1", frames=6, background="error"',
    "by_hand": "neurons=3",
}
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "see": FigureCalls.see,
    "note": functions.note,
    "layer": FigureCalls.layer,
    "page": PageCalls.page,
    "explore": PageCalls.explore,
    "train_on": PageCalls.train_on,
    "cite": Citations.cite,
    "term": Terms.term,
    "glossary": Glossary.listed,
    "run": FigureCalls.run,
    "neuron": FigureCalls.neuron,
    "recorded": FigureCalls.recorded,
    "crossing": FigureCalls.crossing,
    "has_part": functions.has_part,
    "mirror_axes": Dataset.mirror_axes,
    "interval": functions.interval,
    "facts.claim": Facts.claim,
    "evidence": PageCalls.evidence,
    "verdict": PageCalls.verdict,
    "claims_table": PageCalls.claims_table,
}
OBJECTS = {
    "facts": "Everything that was measured about the article's experiment; see below.",
    "experiments": "The facts of every experiment of the site, by its id.",
    "site": "The table [site] of `report.toml`, with underscores in place of hyphens.",
    "draft": "Whether the build was made with `--draft`.",
}
EXAMPLES = {
    "see": '{{ see("network") }}',
    "note": '{{ note("A note stands in the margin.") }}',
    "page": '[the explorer]({{ page("explore") }})',
    "explore": '[half way]({{ explore(step="loss 50%", show="layer 1, output") }})',
    "train_on": '[train on]({{ train_on("good-1", change="silence-2") }})',
    "layer": '{{ layer(1) }} and {{ layer("output", "the decision") }}',
    "cite": '{{ cite("darlow-storkey") }}',
    "term": '{{ term("ReLU") }}',
    "glossary": "{{ glossary() }}",
    "run": '{{ run("good-1").loss | significant }}',
    "neuron": "{{ neuron(0) }}",
    "recorded": '{{ recorded("good-1", ["loss 50%", "last"]) | listing }}',
    "crossing": "{{ crossing(1) }}",
    "has_part": '{{ "It has a neck." if has_part("neck") else "It has none." }}',
    "mirror_axes": '{{ mirror_axes() | listing or "none" }}',
    "interval": "{{ interval(3, 16) }}",
    "facts.claim": '{{ "measured" if facts.claim("Regions grow") else "not measured" }}',
    "evidence": '{{ evidence("Regions grow") }}',
    "verdict": '{{ verdict("Regions grow") }}',
    "claims_table": "{{ claims_table() }}",
    "confidence": "{{ confidence | percent(0) }}",
    "significance": "{{ significance }}",
    "quanta": "{{ quanta | count }}",
    "major_share": "{{ major_share | percent }}",
    "most_pictures": "{{ most_pictures | count }}",
    "facts": "{{ facts.experiment.pixels }}",
    "experiments": "{{ experiments.keys() | list | listing }}",
    "site": "{{ site.layer_colours | listing }}",
    "draft": '{{ "A draft." if draft }}',
}
# The examples whose results are too long for this page.
ONLY_SHOWN = ("glossary", "claims_table")
FILTERS = {
    "percent": "0.714 | percent",
    "count": '1270 | count("iteration")',
    "words": '3 | words("run")',
    "iteration": "5000 | iteration",
    "decimal": "0.25 | decimal(1)",
    "significant": "0.002514 | significant",
    "duration": "260 | duration",
    "p_value": "0.031 | p_value",
    "degrees": "23.7 | degrees",
    "span": '[0.02, 0.08] | span("percent")',
    "listing": '["a", "b", "c"] | listing',
}
TABLES: Sequence[tuple[str, type[Table]]] = (
    ("[site]", models.Site),
    ("[[site.authors]]", Author),
    ("[[experiment]]", models.Experiment),
    ("[experiment.screening]", models.Screening),
    ("[experiment.full-runs]", models.FullRuns),
    ("[experiment.shown]", models.Shown),
    ("[[variant]]", models.Variant),
    ("[variant.screening]", models.VariantScreening),
    ("[policy]", Policy),
    ("[confirmation]", models.Confirmation),
    ("[draft]", models.Draft),
)


def reference() -> str:
    """The whole reference as an article. Raises ValueError for what lacks a description."""
    sections = (
        ("Figures", _figures()),
        ("Functions", _functions()),
        ("Numbers and objects", _objects()),
        ("Filters", _filters()),
        ("Every fact", _facts(facts_schema())),
        ("The front matter of an article", _keys(HEAD, FrontMatter)),
        ("report.toml", (line for name, table in TABLES for line in _table(name, table))),
        ("bibliography.toml", _keys("A table for each work, named by its key.", Work)),
        ("bibliography.bib", _bibtex()),
    )
    written = [f"## {title}\n\n" + "\n\n".join(parts) for title, parts in sections]
    return FRONT + VALUE + "\n" + "\n\n".join((INTRODUCTION, *written)) + "\n"


HEAD = (
    "By default, an article has the authors of the site. The key `author` names another one. "
    "Tables `[[authors]]`, with the keys of `[[site.authors]]`, name several. For an author who is "
    "in `report.toml`, the name is enough."
)
INTRODUCTION = (
    "This page is made from the program itself. An article is Markdown, in which Jinja's brackets "
    "hold what comes from the build. [Make your own](" + '{{ page("make-your-own") }}' + ") is the "
    "way to begin. A name that does not exist stops the build. The message gives the file, the "
    "line and the names that exist."
)


def _figures() -> Iterator[str]:
    """The function `figure`, and each view with its parameters, an example, and its picture."""
    yield meaning_of(FigureCalls.figure)
    yield _parameters(parameters_of(FigureCalls.figure, ("self", "caller")))
    for name, view in VIEWS.items():
        yield f"### {name}\n\n{_required(view.meaning, f'the view {name}')}"
        if view.parameters:
            yield _parameters(view.parameters.values())
        yield shown(figure_example(name), "jinja")
        yield figure_example(name)


def figure_example(view: str) -> str:
    """The example of a view, for an article."""
    arguments = f", {ARGUMENTS[view]}" if view in ARGUMENTS else ""
    call = f'{{% call figure("{view.replace("_", "-")}", view="{view}"{arguments}) %}}'
    block = f'{call}\nThe view "{view}".\n{{% endcall %}}'
    owner = "evidence" if view in EVIDENCE else "examples" if view in PICTURED else ""
    return f"{{% if facts.{owner}.{view} %}}\n{block}\n{{% endif %}}" if owner else block


def _parameters(parameters: Iterable[Parameter]) -> str:
    """The list of a call's parameters."""
    return "\n".join(
        f"- `{each.name}`: {_required(each.meaning, f'the parameter {each.name}')} "
        f"{_values(each.allowed, each.default)}"
        for each in parameters
    )


def _values(allowed: str, default: str | None) -> str:
    """A sentence on the allowed values and the default, None for what must be given."""
    end = "It must be given." if default is None else f"Default: `{default}`." if default else ""
    return f"Allowed: {_required(allowed, 'a value')}. {end}".strip()


def _functions() -> Iterator[str]:
    """Each function with its parameters, an example, and what the example gives."""
    for name, function in FUNCTIONS.items():
        hidden = ("self", "caller", "dataset", "report")
        parameters = list(parameters_of(function, hidden))
        given = ", ".join(map(_signature, parameters))
        yield f"### {name}\n\n`{name}({given})`: {meaning_of(function)}"
        if all(each.meaning for each in parameters) and parameters:
            yield _parameters(parameters)
        yield from _example(name)


def _signature(parameter: Parameter) -> str:
    default = parameter.default
    return parameter.name if default is None else f"{parameter.name}={default}"


def _objects() -> Iterator[str]:
    """Each number and object with its meaning, and an example with what it gives."""
    numbers = {name: constant.meaning for name, constant in functions.CONSTANTS.items()}
    for name, meaning in (OBJECTS | numbers).items():
        yield f"### {name}\n\n{raw(_required(meaning, name))}"
        yield from _example(name)


def _example(name: str) -> Iterator[str]:
    """An example, and what it gives here."""
    example = EXAMPLES[name]
    yield shown(example, "jinja")
    if name not in ONLY_SHOWN:
        yield f"It gives here: {example}"


def _filters() -> Iterator[str]:
    """Each filter with its parameters, an example, and what the example gives."""
    yield "These turn numbers and lists into text. Jinja's own filters can be used, too."
    for name, function in FORMATS.items():
        _, *others = parameters_of(function)
        given = ", ".join(map(_signature, others))
        yield f"### {name}\n\n`{name}({given})`: {meaning_of(function)}"
        example = f"{{{{ {FILTERS[name]} }}}}"
        yield shown(example, "jinja")
        yield f"It gives: {example}"


def _facts(schema: Mapping[str, Any]) -> Iterator[str]:
    """The table of each part of the facts, with the values of this build."""
    yield (
        "Numbers in an article come from these, so that they agree with the build. A part that a "
        "build does not have is none or an empty list."
    )
    groups: dict[str, list[str]] = {}
    for path, kind, meaning in outline(schema):
        about = _required(meaning, f"the fact {path}")
        here = f" Here: {{{{ {fact_example(path)} }}}}" if kind in SCALARS else ""
        line = f"- `facts.{path.replace('[]', '[0]')}` ({kind}): {about}{here}"
        groups.setdefault(path.partition(".")[0].removesuffix("[]"), []).append(line)
    for group, lines in groups.items():
        yield f"### facts.{group}\n\n" + "\n".join(lines)


SCALARS = ("text", "number", "true or false")


def fact_example(path: str) -> str:
    """An expression for the fact at a path, empty if a build does not have that part.

    >>> fact_example("variants[].id")
    'value(facts.variants[0].id) if facts.variants'
    """
    steps = [f"facts.{path}".rpartition(".")[0].replace("[]", "[0]")]
    while "." in steps[0]:
        steps.insert(0, steps[0].rpartition(".")[0])
    optional = [step.removesuffix("[0]") for step in steps if step not in ("facts", EXPERIMENT)]
    condition = f" if {' and '.join(optional)}" if optional else ""
    return f"value(facts.{path.replace('[]', '[0]')}){condition}"


EXPERIMENT = "facts.experiment"


def _table(name: str, model: type[Table]) -> Iterator[str]:
    """A table of `report.toml`."""
    yield f"### {name}"
    yield from _keys(meaning_of(model), model)


def _keys(introduction: str, model: type[Table]) -> Iterator[str]:
    """The keys of a table in a TOML file, without those that hold tables of their own."""
    if introduction:
        yield introduction
    lines = []
    for key, example in examples_of(model).items():
        field = next(each for each in model.model_fields.values() if each.alias == key)
        default = None if field.is_required() else _default(field.get_default())
        about = _required(str(field.description or ""), f"the key {key}")
        values = _values(allowed_at(model, (key,)), default)
        lines.append(f"- `{key} = {toml_value(example)}`: {about} {values}")
    yield "\n".join(lines)


def _bibtex() -> Iterator[str]:
    """The types of entries of a BibTeX file, with the fields that each must have."""
    yield (
        "Works to cite as Zotero, JabRef and Google Scholar export them, in BibTeX or BibLaTeX, "
        "beside those of `bibliography.toml`. LaTeX's accents and braces become Unicode, and "
        "`@string`, `crossref` and `and others` are understood. Every work has a `title`, a `year` "
        "or a `date`, and an `author`; a name in braces is a group's."
    )
    lines = []
    for kind, groups in bibtex_files.REQUIRED.items():
        others = [name for name, same in bibtex_files.SAME_AS.items() if same == kind]
        needed = [" or ".join(f"`{field}`" for field in group) for group in groups]
        author = bibtex_files.AUTHORS.get(kind, ("author",))[1:]
        needed += [f"`{each}` in place of an author is allowed" for each in author]
        same = f" (so is {listing([f'`@{name}`' for name in others])})" if others else ""
        lines.append(f"- `@{kind}`{same}: {'; '.join(needed) or 'no more'}.")
    yield "\n".join(lines)


def examples_of(model: type[Table]) -> dict[str, Any]:
    """The example of each key of a table, without those that hold tables of their own.

    Raises ValueError for a key without one.
    """
    found = {}
    for field in model.model_fields.values():
        if table_in(field.annotation):
            continue
        if not field.examples:
            raise ValueError(f"the key {field.alias} has no example")
        found[str(field.alias)] = field.examples[0]
    return found


def _default(value: Any) -> str:
    """A key's default as it is written; "" for an empty one."""
    return "" if value in (None, "", (), {}) else toml_value(value)


def toml_value(value: Any) -> str:
    """A value as TOML.

    >>> toml_value({"left eye": [0.4, 1]})
    '{ "left eye" = [0.4, 1] }'
    """
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)} = {toml_value(each)}" for key, each in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, str | bool):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def meaning_of(thing: object) -> str:
    """The first paragraph of a docstring as a line of an article."""
    text = inspect.getdoc(thing) or ""
    about = " ".join(text.partition("\n\n")[0].split())
    return raw(_required(about, str(getattr(thing, "__qualname__", thing))))


def _required(text: str, what: str) -> str:
    """The text. Raises ValueError for an empty one."""
    if not text.strip():
        raise ValueError(f"{what} has no description")
    return text


def raw(text: str) -> str:
    """The text, marked where needed so that Jinja leaves it unchanged."""
    return f"{{% raw %}}{text}{{% endraw %}}" if "{{" in text or "{%" in text else text


def shown(code: str, language: str) -> str:
    """A block of code as an article shows it."""
    return f"```{language}\n{{% raw %}}{code}{{% endraw %}}\n```"


if __name__ == "__main__":
    sys.stdout.buffer.write(reference().encode())
