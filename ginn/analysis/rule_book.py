"""The rule book: all rules of the claims table and all constants of their measures, with a hash.

The text is the same as long as no rule, threshold, window or definition changes. So a report that
has published the SHA-256 of this text before new runs are trained shows that its rules did not
change afterwards. The text also changes when a constant of these modules is added, renamed, moved,
or imported into another of them.
"""

from __future__ import annotations

import hashlib
import json
from types import ModuleType
from typing import Any

from ginn.analysis import (
    estimates,
    failed_runs,
    followed,
    outcomes,
    part_history,
    rules,
    statistics,
)
from ginn.analysis.claim_names import CLAIM_NAMES
from ginn.analysis.claims import (
    bias_vs_weights,
    corner_kinks,
    dead_layers,
    duplicate_neurons,
    kink_claims,
    kinks,
    late_flip_claim,
    late_flips,
    late_learning,
    network_size,
    part_errors,
    prevention,
    revival,
    revival_results,
    shift_claims,
    symmetry,
)
from ginn.analysis.rules import COMMON, SAMPLES, TESTS, OwnRule, Rule, RuleBook

# The modules that have the rules, and the constants that a measure or a decision depends on. Every
# module of `claims` must be among them.
MODULES: tuple[ModuleType, ...] = (
    bias_vs_weights,
    corner_kinks,
    dead_layers,
    duplicate_neurons,
    estimates,
    failed_runs,
    followed,
    kink_claims,
    kinks,
    late_flip_claim,
    late_flips,
    late_learning,
    network_size,
    outcomes,
    part_errors,
    part_history,
    prevention,
    revival,
    revival_results,
    rules,
    shift_claims,
    statistics,
    symmetry,
)


def rule_book() -> RuleBook:
    """All rules and constants as one text, with its SHA-256 and the rules of single claims."""
    found = all_rules()
    lines = ["The rule of all rows", COMMON, ""]
    for name, rule in found.items():
        lines += [name, f"Claim: {rule.statement}", f"Definition: {rule.definition}"]
        lines += [f"Runs: {SAMPLES[rule.sample]}", f"Decision: {rule.decision}"]
        lines += [f"One test is enough: {'yes' if rule.one_is_enough else 'no'}", ""]
    lines += ["Tests", *(f"{name}: {text}" for name, text in TESTS.items()), ""]
    lines += ["Constants", *(f"{name} = {json.dumps(each)}" for name, each in constants().items())]
    text = "\n".join(lines) + "\n"
    own = tuple(OwnRule(name, rule.own) for name, rule in found.items() if rule.own)
    return RuleBook(COMMON, own, text, f"sha256:{hashlib.sha256(text.encode()).hexdigest()}")


def all_rules() -> dict[str, Rule]:
    """The rule of every claim by its name, in the order of the names."""
    found = {
        each.name: each
        for module in MODULES
        for each in vars(module).values()
        if isinstance(each, Rule)
    }
    return {name: found[name] for name in CLAIM_NAMES}


def constants() -> dict[str, Any]:
    """The numbers and tuples in capitals by "module.NAME", in alphabetical order.

    A constant that a module imports from another one is listed for both.
    """
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}": value
        for module in sorted(MODULES, key=lambda each: each.__name__.rpartition(".")[2])
        for name, value in sorted(vars(module).items())
        if name.isupper() and isinstance(value, (int, float, tuple))
    }
