"""What runs and selections of neurons are called on pages, in the words of a language."""

from __future__ import annotations

import re

from ginn.analysis.outcomes import RunFacts
from ginn.language.words import Words


def run_title(run: RunFacts, words: Words) -> str:
    """The name of a run: "Good run 2", "Seed 7"."""
    if not run.role:
        return words.say("run.seed", number=str(run.seed))
    name = words.say(f"run.{run.kind}")
    return words.say("run.numbered", run=name, number=run.number) if run.number else name


def run_in_sentence(run: RunFacts, words: Words) -> str:
    """The name of a shown run in a sentence: "good run 2"; "the bad run" if it is the only one."""
    key = f"run.{run.kind}-numbered" if run.number else f"run.the-{run.kind}"
    return words.say(key, number=run.number)


def run_at(run: RunFacts, iteration: int, words: Words) -> str:
    """A run and an iteration: "Seed 7 at iteration 3,000"."""
    return words.say("run.at", run=run_title(run, words), iteration=words.iteration(iteration))


def run_ending(run: RunFacts, words: Words) -> str:
    """One sentence that says how a run ended; in English for one that stopped early."""
    if run.ended:
        return run.ending
    accuracy, loss = words.percent(run.accuracy), words.significant(run.loss)
    key = "run.ended-failed" if run.failed else "run.ended-well"
    return words.say(key, accuracy=accuracy, loss=loss)


def selection_name(text: str, words: Words) -> str:
    """An author's selection of neurons, as `select_neurons` reads it, in words."""
    return ", ".join(_selected(item.strip(), words) for item in text.split(","))


def _selected(item: str, words: Words) -> str:
    match = re.fullmatch(r"layer (\d+)(?: neuron (\d+))?", item)
    if match is None:
        return words.say(f"network.{item}")
    if match[2] is None:
        return words.say("network.layer", layer=match[1])
    return words.say("network.neuron", layer=match[1], neuron=match[2])
