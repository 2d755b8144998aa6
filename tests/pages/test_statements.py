"""The report's articles state only what their facts say, over builds of many kinds.

Each build has other facts: runs that failed, verdicts, interventions, chosen seeds, variants. A
rule names words and the facts under which an article may have them.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import pytest
from support.pages import ParsedPage, report_article
from support.sample_evidence import sample_evidence
from support.sample_report import SEEDS, make_report, network_facts, with_networks

from ginn.analysis.claim import Claim, Verdict
from ginn.analysis.confirmation import SecondBlock, confirmation
from ginn.analysis.evidence import InterventionSeries
from ginn.analysis.facts import Facts
from ginn.analysis.outcomes import RunFacts, ScreeningFacts
from ginn.pages import article_page
from ginn.pages.figure_image import FigureImage
from ginn.pages.report import Report

FAILURES = (frozenset[int](), frozenset({2}), frozenset({2, 5}), frozenset(SEEDS))
VERDICTS: tuple[Verdict, ...] = ("holds", "does not hold", "not decidable here")
INTERVENTIONS = ("none", "raised", "lowered", "both")
CLAIMS = (
    "Shift before turn",
    "Bias before weight",
    "The indecisive neuron",
    "Dead layers where runs fail",
    "Reviving a dead layer",
    "Making a layer dead",
    "Mirrored boundaries",
    "Failed runs and the top",
    "Deeper and wider",
)


@dataclass(frozen=True)
class Rule:
    """Words that an article may have only if `allowed` is true of the facts."""

    words: str
    allowed: Callable[[Facts], bool]


def unrepeated(facts: Facts) -> set[str]:
    """The claims that the second block of seeds does not repeat."""
    rows = facts.confirmation.repetitions if facts.confirmation else ()
    return {row.name for row in rows if row.repeats == "does not repeat"}


def verdict(facts: Facts, name: str) -> str:
    found = facts.claim(name)
    return found.verdict if found else ""


def raised(facts: Facts) -> bool:
    made = facts.evidence.interventions
    return bool(made and made.raised)


def lowered(facts: Facts) -> bool:
    made = facts.evidence.interventions
    return bool(made and made.lowered)


def prevented(facts: Facts) -> list[str]:
    """The variants in which failures are clearly rarer."""
    series = facts.evidence.prevention
    return [arm.title for arm in series.arms if arm.verdict == "rarer"] if series else []


def dead_or_alive(facts: Facts, name: str) -> bool:
    """Whether there are failed runs with a dead layer (`name` "dead") or without ("alive")."""
    failed = facts.evidence.failed_runs
    return bool(failed and getattr(failed, name))


def worst_failed(facts: Facts) -> bool:
    return facts.experiment.shown_runs[-1].failed


def larger_draw_more(facts: Facts) -> bool:
    """Whether larger networks are better, and each gets more of the hardest part right."""
    sizes = facts.examples.sizes
    if not sizes or verdict(facts, "Deeper and wider") != "holds":
        return False
    return all(each.right > sizes.networks[0].right for each in sizes.networks[1:])


def larger_draw_what_is_missed(facts: Facts) -> bool:
    sizes = facts.examples.sizes
    return bool(
        sizes
        and larger_draw_more(facts)
        and sizes.networks[0].right < 0.5
        and all(each.right >= 0.5 for each in sizes.networks[1:])
    )


def nearly_all_miss(facts: Facts) -> bool:
    plain = facts.examples.sizes.networks[0] if facts.examples.sizes else None
    return bool(plain and 0.9 <= 1 - plain.half_right / plain.runs < 1)


def nothing_found(facts: Facts) -> bool:
    held = {each.name for each in facts.claims if each.verdict == "holds"}
    return not prevented(facts) and held <= unrepeated(facts)


RULES = (
    Rule(
        r"\bgin\b|(?<!draws a )\bbottle\b(?!['’]s top better)",
        lambda f: f.experiment.subject == "bottle",
    ),
    Rule(r"[Aa] failed run|a failed one|the failed run", worst_failed),
    Rule(
        r"No run failed|none failed|None of them ended as", lambda f: not f.experiment.failed_runs
    ),
    Rule(r"Both failed", lambda f: f.experiment.failed_runs == len(f.experiment.full_runs)),
    Rule(r"colour of their own|are diamonds", lambda f: f.experiment.failed_runs > 0),
    Rule(
        r"whose screening run failed|because their screening",
        lambda f: bool(f.experiment.chosen_seeds or f.confirmation),
    ),
    Rule(r"are no sample", lambda f: bool(f.experiment.chosen_seeds)),
    Rule(r"[Ww]e intervened|We copied|was copied|were copied", raised),
    Rule(r"nothing to switch on again|nothing was revived", lambda f: not raised(f)),
    Rule(r"a layer was made dead over", lowered),
    Rule(r"Above, dead layers", lambda f: raised(f) and lowered(f)),
    Rule(
        r"brings the part back",
        lambda f: raised(f) and verdict(f, "Reviving a dead layer") == "holds",
    ),
    Rule(
        r"layer is often switched off there",
        lambda f: verdict(f, "Dead layers where runs fail") == "holds",
    ),
    Rule(r"Lines shift before they turn", lambda f: verdict(f, "Shift before turn") == "holds"),
    Rule(r"Biases do not move", lambda f: verdict(f, "Bias before weight") == "does not hold"),
    Rule(r"Early failures can be|clearly rarer in [a-z]+:", lambda f: bool(prevented(f))),
    Rule(r"One of them will have failed", lambda f: f.examples.beginnings is not None),
    Rule(r"Two copies of one network", lambda f: f.examples.twins is not None),
    Rule(r"Since iteration .* is off there", lambda f: f.examples.dead_layer is not None),
    Rule(r"often have a sign", lambda f: verdict(f, "Dead layers where runs fail") == "holds"),
    Rule(
        r"lines shift, and later they turn",
        lambda f: (
            verdict(f, "Shift before turn") == "holds" and "Shift before turn" not in unrepeated(f)
        ),
    ),
    Rule(r"lines bend nearer to", lambda f: verdict(f, "Bends at corners") == "holds"),
    Rule(r"neurons of one layer end with", lambda f: verdict(f, "Copycats") == "holds"),
    Rule(r"lines do shift first", lambda f: verdict(f, "Shift before turn") == "holds"),
    Rule(
        r"but biases do not move them",
        lambda f: verdict(f, "Bias before weight") == "does not hold",
    ),
    Rule(
        r"[Ww]e .*and found none", lambda f: verdict(f, "The indecisive neuron") == "does not hold"
    ),
    Rule(r"This build has such neurons", lambda f: verdict(f, "The indecisive neuron") == "holds"),
    Rule(r"We trained [a-z]+ [a-z]+ networks?", lambda f: any(each.runs for each in f.variants)),
    Rule(r"finer parts|A larger network draws", larger_draw_more),
    Rule(r"draws what the plain one leaves out", larger_draw_what_is_missed),
    Rule(r"Nearly every plain run misses it", nearly_all_miss),
    Rule(r"median run of each network", lambda f: bool(f.examples.sizes)),
    Rule(r"dead layer holds learning up", lambda f: verdict(f, "Reviving a dead layer") == "holds"),
    Rule(
        r"layer is often off all over",
        lambda f: verdict(f, "Dead layers where runs fail") == "holds",
    ),
    Rule(r"shift into place", lambda f: verdict(f, "Shift before turn") == "holds"),
    Rule(r"also made rarer", lambda f: bool(prevented(f))),
    Rule(r"too little was decided", nothing_found),
    Rule(r"on another processor", lambda f: f.experiment.trainer == "torch"),
    Rule(r"on every processor", lambda f: f.experiment.trainer == "kernel"),
    Rule(r"The top of the (bottle|picture)", lambda f: bool(f.experiment.top)),
    Rule(
        r"ended (was|were) trained on|what becomes of them", lambda f: bool(f.evidence.failed_runs)
    ),
    Rule(r"the layer had come on again", lambda f: dead_or_alive(f, "dead")),
    Rule(r"without a layer that was dead", lambda f: dead_or_alive(f, "alive")),
    Rule(r"all failed runs had a dead layer", lambda f: not dead_or_alive(f, "alive")),
    Rule(r"to see what becomes of it", lambda f: not f.evidence.failed_runs),
    Rule(r"[Tt]he second block begins|rules were frozen", lambda f: bool(f.confirmation)),
    Rule(r"They are confirmed, or not", lambda f: not f.confirmation),
    Rule(r"[Dd]oes not repeat|did not repeat", lambda f: f.confirmation is not None),
    Rule(r"this did not repeat", lambda f: bool(unrepeated(f))),
    Rule(
        r"than before, but in runs of other seeds this did not",
        lambda f: "Mirrored boundaries" in unrepeated(f),
    ),
    Rule(r"picture follows theirs", lambda f: f.experiment.subject == "bottle"),
    Rule(r"No finding above is one", lambda f: f.confirmation is not None),
    Rule(r"Lines shift before they turn", lambda f: "Shift before turn" not in unrepeated(f)),
)
SINGULAR = "run|seed|iteration|neuron|pixel|layer|part|region|copy|screening run"
PLURAL = "runs|seeds|iterations|neurons|pixels|layers|parts|regions|copies|screening runs"
SEVERAL = "0|[2-9]|[1-9][0-9]+|none|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
# Patterns of faults, whatever the facts are. "Layer 3 neuron 1" is a name and not a number of
# neurons.
NEVER = (
    rf"\b(?:1|one) (?:{PLURAL})\b",
    rf"(?<![Ll]ayer )\b(?:{SEVERAL}) (?:{SINGULAR})\b",
    r"\bzero (?:run|seed|cop)",
    r"\bnone degrees|\bnan\b|\bNone\b(?! of)|\bundefined\b|\binf\b",
    r"\b0 of (?:the )?0\b",
    r" [,.;:](?!\.)",
)


def builds(every: bool) -> Iterator[tuple[Report, str]]:
    """Forty-eight reports, each with a name.

    Unless `every`, those sixteen that have any two of failures, verdict and interventions together.
    """
    late = sample_evidence().failed_runs
    assert late
    told = tuple(replace(each, p_value=0.4) for each in late.predictors)
    dead_alone = replace(late, alive=None, predictors=told * 2)
    alive_alone = replace(late, dead=None, layers=(), predictors=())
    unsaid = ScreeningFacts(40, 10_000, 3, (100_001, 100_005, 100_007))
    others = (Claim(CLAIMS[0], "It is.", "Counted.", "1", "2", 7, "holds"),)
    block = SecondBlock(100_000, unsaid, 6, 1, 1, "sha256:0", others)
    for number, (failed, said, made) in enumerate(
        itertools.product(FAILURES, VERDICTS, INTERVENTIONS)
    ):
        which = FAILURES.index(failed) + INTERVENTIONS.index(made)
        if not every and VERDICTS.index(said) != which % len(VERDICTS):
            continue
        report = make_report(failed)
        series = sample_evidence().interventions
        assert series
        interventions = {
            "none": InterventionSeries(None, None),
            "raised": replace(series, lowered=None),
            "lowered": replace(series, raised=None),
            "both": series,
        }[made]
        of_claims = {
            "Reviving a dead layer": made in ("raised", "both"),
            "Making a layer dead": made in ("lowered", "both"),
        }
        claims = tuple(
            Claim(name, "A statement.", "A definition.", "a value", "a control", 7, said)
            for name in CLAIMS
            if of_claims.get(name, True)
        )
        other = "does not hold" if said == "holds" else "holds"
        refuting = replace(block, claims=tuple(replace(each, verdict=other) for each in claims))
        failures = (0, 1, 2, 12)[number % 4]
        experiment = replace(
            report.facts.experiment,
            subject=("bottle", "", "cat")[number % 3],
            chosen_seeds=((), (5,))[number % 2],
            top=(("cap", "neck"), ())[number % 2],
            trainer=("kernel", "kernel", "torch")[number % 3],
            screening=replace(
                report.facts.experiment.screening,
                failed=failures,
                failed_seeds=tuple(range(3, 3 + failures)),
            ),
        )
        networks = (
            network_facts("wider", (32, 32), experiment.full_runs),
            network_facts("start", (16, 16), ()),
            network_facts("deeper", (16,) * 5, with_accuracy(experiment.full_runs, number % 5 / 4)),
        )
        facts = Facts(
            experiment,
            (),
            claims,
            report.facts.examples,
            replace(
                report.facts.evidence,
                interventions=interventions,
                failed_runs=(None, late, dead_alone, alive_alone)[number % 4],
            ),
            confirmation=confirmation(claims, (None, block, refuting)[number % 3]),
        )
        name = f"{len(failed)} failed-{said}-{made}"
        yield with_networks(replace(report, facts=facts), networks[: number % 4]), name


def with_accuracy(runs: Sequence[RunFacts], right: float) -> tuple[RunFacts, ...]:
    """The runs with this share of every part right."""
    return tuple(
        replace(run, part_accuracy=dict.fromkeys(run.part_accuracy, right)) for run in runs
    )


def undrawn(image: FigureImage, *_: object) -> dict[str, object]:
    """A figure image in the form for the macro, without its drawings."""
    size = {"address": "figures/none.svg", "width": 1, "height": 1}
    return {"image": image, "explorer": "", "wide": size, "narrow": size}


def prose_of(page: bytes) -> str:
    """The text of a page with its captions, and then its alternative texts."""
    main = ParsedPage(page[page.index(b"<main") : page.index(b"</main>")] + b"</main>")
    return " | ".join([main.prose, *main.alternatives])


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.weekly)])
@pytest.mark.parametrize("slug", ["index", "failures", "lines", "methods"])
def test_articles_of_many_builds_state_only_what_their_facts_say(
    slug: str, every: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(article_page, "_image", undrawn)
    wrong, used = [], set()
    for report, name in builds(every):
        prose = prose_of(report_article(slug, report))
        for rule in RULES:
            if found := re.search(rule.words, prose):
                used.add(rule.words)
                if not rule.allowed(report.facts):
                    wrong.append(f"{name}: {prose[max(found.start() - 60, 0) : found.end() + 40]}")
        wrong += [
            f"{name}: {prose[max(found.start() - 60, 0) : found.end() + 40]}"
            for never in NEVER
            if (found := re.search(never, prose))
        ]
    assert not wrong, "\n".join(sorted(set(wrong)))
    assert used


# What the article about other pictures says of claims with these verdicts; "" for no row.
SORTED: tuple[tuple[str, Callable[[Sequence[str]], bool]], ...] = (
    ("for every picture:", lambda said: {*said} == {"holds"}),
    ("could be measured", lambda said: {*said} == {"holds", ""}),
    ("for others this is not decidable here", lambda s: {"holds", UNDECIDED} <= {*s} <= OPEN),
    ("for some pictures, but not for others", lambda said: {"holds", REFUTED} <= {*said}),
    ("not hold for any picture", lambda said: {*said} == {REFUTED}),
    (
        "for the others this is not decidable here",
        lambda s: REFUTED in s and "holds" not in s and len({*s}) > 1,
    ),
    ("not decidable here for any picture", lambda said: {*said} <= {UNDECIDED, ""}),
)
REFUTED, UNDECIDED = "does not hold", "not decidable here"
OPEN = {"holds", UNDECIDED, ""}


def trios() -> Iterator[list[Report]]:
    """Reports of three pictures, whose claims have verdicts at random, or no row."""
    chance = random.Random(5)
    made = [report for report, _ in builds(every=False)]
    for _ in range(16):
        trio = []
        for name, report in zip(("bottle", "key", "face"), chance.sample(made, 3), strict=True):
            settings = report.experiment.model_copy(update={"id": name})
            said = {row: chance.choice((*VERDICTS, "", chance.choice(VERDICTS))) for row in CLAIMS}
            # Some claims have the same verdict everywhere.
            said |= dict(zip(CLAIMS, (*VERDICTS, "holds"), strict=False))
            claims = tuple(
                Claim(row, "A statement.", "A definition.", "a value", "a control", 7, verdict)
                for row, verdict in said.items()
                if verdict
            )
            experiment = replace(
                report.facts.experiment,
                id=name,
                subject=chance.choice((name, "")),
                iterations=chance.choice((20_000, 30_000)),
            )
            facts = replace(report.facts, experiment=experiment, claims=claims)
            first = name == "bottle"
            trio.append(replace(report, experiment=settings, facts=facts, first=first))
        yield trio


def test_article_about_other_pictures_sorts_the_claims_by_their_verdicts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(article_page, "_image", undrawn)
    used = set()
    for trio in trios():
        prose = prose_of(report_article("other-pictures", *trio))
        begin = prose.index("measured for at least one picture.")
        opening = prose[begin : prose.index("Contents Claim by claim", begin)].strip()
        listed = dict.fromkeys((phrase for phrase, _ in SORTED), "")
        for sentence in re.split(r"(?<=\.) ", opening)[1:]:
            (phrase,) = (phrase for phrase in listed if phrase in sentence)
            listed[phrase] = sentence.partition(": ")[2]
        for name in CLAIMS:
            said = [verdict(report.facts, name) for report in trio]
            wanted = [phrase for phrase, fits in SORTED if any(said) and fits(said)]
            assert [phrase for phrase, names in listed.items() if name in names] == wanted, said
            used.update(wanted)
        for never in NEVER:
            assert not re.search(never, prose), re.search(f".{{40}}{never}.{{40}}", prose)
        for report in trio[1:]:
            experiment = report.facts.experiment
            missing = not report.facts.claim("Mirrored boundaries")
            called = f"he {experiment.subject or experiment.id}"
            if report.facts.claim("Shift before turn"):
                assert (f"{called} has no axis of symmetry" in prose) == missing
            at = prose.index(f" T{called}# Figure")
            section = prose[at : prose.index(f"Explore t{called}", at)]
            assert ("none failed" in section) == (not experiment.failed_runs)
        shorter = trio[1].facts.experiment.iterations < trio[0].facts.experiment.iterations
        assert not shorter or "are shorter than those of" in prose
    assert used == {phrase for phrase, _ in SORTED}
