"""The viewer's scripts contain keys of the files of words, and no other text that a reader sees."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from support.checkers import package_file, program
from support.paths import ROOT
from support.words import ENGLISH, GERMAN

from ginn.files import TEMPLATES
from ginn.language.words import Words
from ginn.pages.assets import SHARED, lab_script, language_script

TESTS = ROOT / "tests"
SCRIPTS = sorted((TEMPLATES / "viewer").glob("*.js"))
LAB_SCRIPTS = sorted((TEMPLATES / "lab").glob("*.js"))


def visible_texts(scripts: list[Path]) -> list[str]:
    """The texts in scripts that a reader would see, by their syntax trees."""
    reader, parser = TESTS / "support/visible_words.cjs", package_file("espree/dist/espree.cjs")
    command = [program("node"), str(reader), str(parser), *map(str, scripts)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    return [text for _, _, text in json.loads(done.stdout)]


@pytest.mark.checker
def test_scripts_have_no_visible_word_of_their_own() -> None:
    # The names of formats are the same in all languages.
    assert set(visible_texts([*SCRIPTS, *LAB_SCRIPTS])) <= {"PNG", "SVG", "HTML", "WebM"}


@pytest.mark.checker
@pytest.mark.parametrize(
    "code",
    [
        'button("Word", act);',
        "namedButton(sign, `Word ${n}`, act);",
        'element("p", {}, [`${n} `, ready ? "Word" : ""]);',
        'element("p", { title: n > 1 ? "Word" : "" });',
        'canvas.ariaLabel = "Word";',
        'note.textContent = found || "Word";',
        'box.append(mark, "Word");',
        'announce(done ?? "Word");',
    ],
)
def test_a_word_put_into_a_script_is_found(tmp_path: Path, code: str) -> None:
    script = tmp_path / "script.js"
    script.write_text(code, encoding="utf-8")
    assert [text.strip() for text in visible_texts([script])] == ["Word"]


@pytest.mark.checker
def test_keys_classes_and_state_are_no_visible_words(tmp_path: Path) -> None:
    script = tmp_path / "script.js"
    script.write_text(
        'element("p", "viewer-note", [say("key"), say(`key-${n}`, { a: "b" })]);\n'
        'if (state === "left") box.append(element("b", { class: "viewer-x" }));\n'
        'note.textContent = kind === "good" ? say("yes") : "";\n',
        encoding="utf-8",
    )
    assert visible_texts([script]) == []


def keys_of(words: Words) -> set[str]:
    """The keys of the texts that the viewer has in a language."""
    match = re.fullmatch(r'"use strict";globalThis\.GINN=\{language:(.*)\};\n', script_of(words))
    assert match
    return set(json.loads(match[1])["texts"])


def script_of(words: Words) -> str:
    return language_script(words).decode()


def test_viewer_has_its_own_texts_and_those_that_it_shares() -> None:
    own = {key.removeprefix("viewer.") for key in ENGLISH.texts if key.startswith("viewer.")}
    assert keys_of(ENGLISH) == keys_of(GERMAN) == own | set(SHARED)
    assert '"locale":"en-GB"' in script_of(ENGLISH)
    assert '"locale":"de"' in script_of(GERMAN)


def keys_of_lab(words: Words) -> set[str]:
    """The keys of the texts that the laboratory adds."""
    match = re.fullmatch(r".*language\.texts,(.*)\);\n", lab_script(words).decode())
    assert match
    return set(json.loads(match[1]))


def test_laboratory_adds_its_own_texts() -> None:
    own = {key for key in ENGLISH.texts if key.startswith("lab.")}
    assert keys_of_lab(ENGLISH) == keys_of_lab(GERMAN) == own


@pytest.mark.parametrize(
    ("scripts", "keys", "others"),
    [(SCRIPTS, keys_of(ENGLISH), set()), (LAB_SCRIPTS, keys_of_lab(ENGLISH), keys_of(ENGLISH))],
)
def test_every_text_of_the_scripts_is_used_and_every_key_has_a_text(
    scripts: list[Path], keys: set[str], others: set[str]
) -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in scripts)
    literal = set(re.findall(r'["`]([a-z0-9.-]+)["`]', code))
    # Keys that scripts compose: `behind-${value}`, `${key}-output`, `run.${kind}`.
    parts = set(re.findall(r"`([a-z.-]*)\$\{\w+(?:\.\w+)?\}([a-z-]*)`", code))
    ways = [
        re.compile(f"{re.escape(head)}.+{re.escape(tail)}") for head, tail in parts if head + tail
    ]
    assert {key for key in keys - literal if not any(way.fullmatch(key) for way in ways)} == set()
    said = set(re.findall(r'\bsay\("([a-z0-9.-]+)"', code))
    assert len(said) > 30
    assert said <= keys | others
