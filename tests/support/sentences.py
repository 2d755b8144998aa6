"""Faults of sentences that code makes from numbers: wrong plurals, missing values, equal ends."""

from __future__ import annotations

import re

# Words with an "s" at their ends that may follow a one.
SINGULAR = "is|was|has|this|less|as|across"
NOUNS = (
    "run|pair|neuron|iteration|test|layer|crossing|line|copy|region|snapshot|bend|network|pixel|"
    "seed|claim|arm|boundary"
)
# A number alone, which is not the end of a longer one.
NUMBER = r"(?<![\d.,\u2212–])"
FAULTS = (
    # "1 runs", "1 screening runs"
    rf"{NUMBER}1 (?!(?:{SINGULAR})\b)(?:(?:full|screening|other|hidden|untrained) )?\w+s\b",
    # "2 run", "0 screening run"; "layer 2 neuron 7" is a name.
    rf"(?<!layer ){NUMBER}(?:0|[2-9]|\d\d+)(?: full| screening| other| hidden)? (?:{NOUNS})\b",
    r"\bnone (?:degrees|sides|of the 0)\b|none°",
    r"\bnan\b|\binf\b|\bNone\b",
    r"\bzero \w+s\b",
    r"\b0 of 0\b|\bnone of 0\b|\bthe 0\b",
    # "7 to 7"
    r"(?<![\d.,])(\d[\d,.]*)(?:–| to )\1(?![\d.,])",
    r"  |\(\)|, ,|;;|\.\.",
)


def faults(text: str) -> list[str]:
    """The faults of a text, each with the words that are wrong."""
    return [match[0] for fault in FAULTS for match in re.finditer(fault, text)]
