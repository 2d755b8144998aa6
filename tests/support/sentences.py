"""Faults of sentences that code makes from numbers: wrong plurals, missing values, equal ends."""

from __future__ import annotations

import re

# Words that end in "s", but may follow the number 1.
SINGULAR = "is|was|has|this|less|as|across"
NOUNS = (
    "run|pair|neuron|iteration|test|layer|crossing|line|copy|region|snapshot|bend|network|pixel|"
    "seed|claim|arm|boundary"
)
# What follows is a whole number, not the end of a longer number.
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
    """The parts of a text that have a fault."""
    return [match[0] for fault in FAULTS for match in re.finditer(fault, text)]
