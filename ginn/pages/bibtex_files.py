"""Works to cite from a BibTeX file, as Zotero, JabRef and Google Scholar write it.

bibtexparser divides a file into entries and fields, with their lines, and names into their parts.
pylatexenc turns LaTeX's accents and braces into Unicode. This module adds abbreviations,
`crossref`, and the fields that an entry of each type must have.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bibtexparser import model
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import names
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from ginn.errors import AuthorError, quoted
from ginn.files import read_text
from ginn.pages.citations import Source

ENTRY = "@article{key, title = {...}, author = {...}, ...}"
VALUE = "a value in braces, in quotation marks, or the name of a @string, and a comma after it"
KEY = r"[A-Za-z0-9:._/+-]+"
# Types of entries that are read as if they had another type.
SAME_AS = {
    "conference": "inproceedings", "incollection": "inproceedings", "inbook": "inproceedings",
    "electronic": "online", "www": "online", "report": "techreport", "thesis": "phdthesis",
    "mastersthesis": "phdthesis", "manual": "misc", "booklet": "misc", "unpublished": "misc",
    "software": "misc", "dataset": "misc",
}  # fmt: skip
# Types of entries that are never cited themselves. The `crossref` of other entries names them.
PARENTS = ("proceedings", "collection", "mvproceedings", "mvcollection")
# The fields that an entry must have besides title, year and author. One field of each group is
# enough.
REQUIRED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "article": (("journal", "journaltitle"),),
    "inproceedings": (("booktitle",),),
    "book": (("publisher",),),
    "misc": (),
    "techreport": (("institution",),),
    "phdthesis": (("school", "institution"),),
    "online": (("url", "doi", "eprint"),),
}
AUTHORS = {
    "book": ("author", "editor"),
    "misc": ("author", "organization"),
    "online": ("author", "organization"),
}
# BibTeX's own abbreviations.
MONTHS = {
    name: name
    for name in ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
}
ARXIV = re.compile(r"(?i)(?:arxiv preprint )?arxiv:\s*([a-z.-]+/\d{7}|\d{4}\.\d{4,5})(?:v\d+)?")
# Signs that are special in LaTeX, but that bibliographies often contain without a backslash.
SPECIAL = re.compile(r"(?<!\\)([%&#_])")

# The library reports a broken entry to its log, too.
logging.getLogger("bibtexparser").addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Entry:
    """An entry of the file at `path`: its type, its key, and each field as (value, line).

    Values are LaTeX without their outer braces or quotation marks.
    """

    path: Path
    kind: str
    key: str
    line: int
    fields: Mapping[str, tuple[str, int]]

    def error(self, field: str, found: str, allowed: str, hint: str = "") -> AuthorError:
        """The error of a field, with its line, or with the entry's line if it lacks the field."""
        line = self.fields.get(field, ("", self.line))[1]
        return AuthorError(
            found, allowed, hint, path=self.path, line=line, key=f"{self.key}.{field}"
        )

    def text(self, *fields: str) -> str:
        """The first of these fields that the entry has, as plain text on one line; or ""."""
        field = next((field for field in fields if field in self.fields), "")
        return self.plain(field, self.fields[field][0]) if field else ""

    def plain(self, field: str, latex: str) -> str:
        """LaTeX's text in a field as plain text. Raises AuthorError for an unknown command."""
        for name in re.findall(r"\\([A-Za-z]+)", latex):
            if not is_known(name):
                found = f"the command {quoted(name)} of LaTeX"
                raise self.error(field, found, "accents, letters and signs; or Unicode itself")
        return plain(latex)

    def address(self, field: str) -> str:
        """A field that is an address or a number, without LaTeX's braces and backslashes."""
        value = self.fields.get(field, ("", 0))[0]
        value = re.sub(r"\\url\s*", "", value)
        return re.sub(r"[{}\s]|\\(?=[%&#_~$])", "", value)


def read_bibtex(path: Path) -> dict[str, Source]:
    """The works of a BibTeX file by their keys.

    Raises AuthorError with file and line for an entry that is not well formed, that lacks a field,
    or whose key another entry has, too.
    """
    entries = {entry.key: entry for entry in _entries(path)}
    works = {}
    for key, entry in entries.items():
        if entry.kind not in PARENTS:
            works[key] = _as_source(_inherited(entry, entries))
    return works


def _entries(path: Path) -> Iterator[Entry]:
    """The entries of a file in their order, with abbreviations replaced."""
    library = parse_string(read_text(path, "a BibTeX file"), parse_stack=[])
    strings: dict[str, str] = dict(MONTHS)
    taken: dict[str, int] = {}
    for block in library.blocks:
        line = (block.start_line or 0) + 1
        if isinstance(block, model.DuplicateFieldKeyBlock):
            fields = ", ".join(sorted(block.duplicate_keys))
            raise AuthorError(
                f"{fields} twice in an entry", "each field once", path=path, line=line
            )
        repeated = getattr(block, "ignore_error_block", None)
        if isinstance(block, model.ParsingFailedBlock) and repeated is None:
            begun = (block.raw or "").strip().partition("\n")[0]
            found, hint = f"an entry that cannot be read, {quoted(begun)}", "close all its brackets"
            raise AuthorError(found, ENTRY, hint, path=path, line=line)
        whole = repeated or block
        if isinstance(whole, model.String):
            strings[whole.key.lower()] = _value(whole.value, strings, path, line, whole.key)
        elif isinstance(whole, model.Entry):
            yield _entry(whole, strings, taken, path, line)


def _entry(
    found: model.Entry,
    strings: Mapping[str, str],
    taken: dict[str, int],
    path: Path,
    line: int,
) -> Entry:
    """The `Entry` of an entry that the library has read.

    `taken` maps the keys of earlier entries to their lines. The key of this entry is added.
    """
    key, written = found.key, found.entry_type.lower()
    if not re.fullmatch(KEY, key):
        allowed = "a key of letters, digits and the signs : . _ / + -"
        raise AuthorError(f"the key {quoted(key)}", allowed, path=path, line=line)
    kind = SAME_AS.get(written, written)
    if kind not in (*REQUIRED, *PARENTS):
        allowed = ", ".join([*REQUIRED, *SAME_AS, *PARENTS])
        raise AuthorError(f"the type @{written}", allowed, path=path, line=line, key=key)
    # BibTeX does not distinguish capitals in keys.
    if key.lower() in taken:
        had = f"the key {quoted(key)}, which line {taken[key.lower()]} has, too"
        raise AuthorError(had, "a key that no other entry has", path=path, line=line, key=key)
    taken[key.lower()] = line
    fields = {}
    for field in found.fields:
        name, at = field.key.lower(), field.start_line + 1
        fields[name] = (_value(field.value, strings, path, at, f"{key}.{name}"), at)
    if written == "mastersthesis":
        fields.setdefault("type", ("Master's thesis", line))
    filled = {name: each for name, each in fields.items() if each[0].strip()}
    return Entry(path, kind, key, line, filled)


def _value(value: str, strings: Mapping[str, str], path: Path, line: int, key: str) -> str:
    """A value without its brackets; parts that "#" joins are put together."""
    joined, rest = "", value.strip()
    while rest:
        part = _first_part(rest)
        if not part or (len(part) < len(rest) and not rest[len(part) :].lstrip().startswith("#")):
            raise AuthorError(quoted(value), VALUE, path=path, line=line, key=key)
        if part[0] in '{"':
            joined += part[1:-1]
        elif part.isdecimal() or part.lower() in strings:
            joined += strings.get(part.lower(), part)
        else:
            known = ", ".join(name for name in strings if name not in MONTHS) or "none"
            found = f"{quoted(part)}, which no @string above defines"
            allowed = f"text in braces, or a @string ({known})"
            raise AuthorError(found, allowed, path=path, line=line, key=key)
        rest = rest[len(part) :].lstrip().removeprefix("#").lstrip()
    return joined


def _first_part(text: str) -> str:
    """The first part of a value: in braces, in quotation marks, or up to a space or "#"."""
    if text[0] not in '{"':
        bare = re.match(r"[^\s#{}\"]+", text)
        return bare[0] if bare else ""
    depth = 0
    for found in re.finditer(r'\\.|[{}"]', text, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        at_end = found[0] == '"' and found.start() > 0 if text[0] == '"' else found[0] == "}"
        if at_end and depth == 0:
            return text[: found.end()]
    return ""


def _inherited(entry: Entry, entries: Mapping[str, Entry]) -> Entry:
    """The entry with the fields of the entries that its `crossref` names."""
    of_key = {key.lower(): each for key, each in entries.items()}
    fields, child, seen = dict(entry.fields), entry, {entry.key.lower()}
    while "crossref" in child.fields:
        name = child.text("crossref").lower()
        if name not in of_key:
            allowed = ", ".join(key for key in entries if key != entry.key) or "none"
            raise child.error("crossref", quoted(child.text("crossref")), allowed)
        if name in seen:
            found = f"{quoted(child.text('crossref'))}, which leads back to {quoted(entry.key)}"
            raise child.error("crossref", found, "an entry that does not refer to this one")
        seen.add(name)
        child = of_key[name]
        given = dict(child.fields)
        if entry.kind == "inproceedings" and "title" in given:
            given.setdefault("booktitle", given["title"])
        fields = {k: v for k, v in given.items() if k not in ("title", "crossref")} | fields
    return Entry(entry.path, entry.kind, entry.key, entry.line, fields)


def _as_source(entry: Entry) -> Source:
    """An entry as a work to cite. Raises AuthorError for a field that is missing or wrong."""
    authors = AUTHORS.get(entry.kind, ("author",))
    for group in (("title",), authors, ("year", "date"), *REQUIRED[entry.kind]):
        if not any(field in entry.fields for field in group):
            said = " or ".join(group)
            raise entry.error(group[0], f"an @{entry.kind} without {said}", f"{said} = {{...}}")
    title = entry.text("title")
    if not title:
        raise entry.error("title", quoted(entry.fields["title"][0]), "a text that is not empty")
    return Source(
        key=entry.key,
        authors=_authors(entry, next(field for field in authors if field in entry.fields)),
        title=title,
        year=_year(entry),
        where=_where(entry),
        arxiv=_arxiv(entry),
        doi=_doi(entry),
        link=_link(entry),
    )


def _authors(entry: Entry, field: str) -> tuple[str, ...]:
    """The names in the order first name, last name; "others" stands for the rest."""
    found = []
    for name in names.split_multiple_persons_names(" ".join(entry.fields[field][0].split())):
        try:
            parts = names.parse_single_name_into_parts(name, strict=True)
        except names.InvalidNameError:
            allowed = "names such as Ada Lovelace and Lovelace, Ada and {A Group}"
            raise entry.error(field, f"the name {quoted(name)}", allowed) from None
        given, family = [*parts.first, *parts.von], [*parts.last, *parts.jr]
        found.append(entry.plain(field, " ".join([*given, *family])))
    if not all(found) or not found:
        allowed = "names such as Ada Lovelace and Lovelace, Ada and {A Group}"
        raise entry.error(field, quoted(entry.fields[field][0]), allowed)
    return tuple(found)


def _year(entry: Entry) -> int:
    field = "year" if "year" in entry.fields else "date"
    found = re.fullmatch(r"\D{0,3}(\d{4})(?:[-/.].*)?\D{0,3}", entry.text(field))
    if not found or not int(found[1]):
        raise entry.error(field, quoted(entry.text(field)), "a year such as 2018")
    return int(found[1])


def _where(entry: Entry) -> str:
    """The place of publication as one text."""
    volume, number, pages = entry.text("volume"), entry.text("number", "issue"), _pages(entry)
    if entry.kind == "article":
        journal = entry.text("journal", "journaltitle")
        if ARXIV.fullmatch(journal):
            return ""
        issue = f"{volume}({number})" if volume and number else volume or number
        return ", ".join(filter(None, (f"{journal} {issue}".strip(), pages)))
    if entry.kind == "inproceedings":
        return ", ".join(filter(None, (entry.text("booktitle"), pages)))
    if entry.kind == "techreport":
        report = f"{entry.text('type') or 'Technical report'} {number}".strip()
        return f"{report}, {entry.text('institution')}"
    if entry.kind == "phdthesis":
        said = entry.text("type") or "PhD thesis"
        thesis = {"phdthesis": "PhD thesis", "mathesis": "Master's thesis"}.get(said, said)
        return f"{thesis}, {entry.text('school', 'institution')}"
    edition = entry.text("edition") if entry.kind == "book" else ""
    parts = [entry.text("publisher", "howpublished", "organization", "note"), edition]
    place = ", ".join(part for part in parts if part)
    web = place.startswith(("http://", "https://")) or place.lower() == "arxiv"
    return "" if web else place


def _pages(entry: Entry) -> str:
    """The pages, with an en dash between the first and the last."""
    return re.sub(r"\s*[-\N{EN DASH}]+\s*", "\N{EN DASH}", entry.text("pages"))


def _arxiv(entry: Entry) -> str:
    """The number on arXiv, as Zotero and Google Scholar write it; or ""."""
    archive = entry.text("archiveprefix", "eprinttype").lower()
    eprint = entry.address("eprint")
    if eprint and archive in ("arxiv", ""):
        return re.sub("(?i)^arxiv:", "", eprint)
    told = (entry.text(field) for field in ("journal", "journaltitle", "number", "howpublished"))
    return next((found[1] for each in told if (found := ARXIV.fullmatch(each))), "")


def _doi(entry: Entry) -> str:
    doi = re.sub(r"^https?://(dx\.)?doi\.org/|^doi:", "", entry.address("doi"), flags=re.I)
    if doi and not re.fullmatch(r"""10\.[^\s"'<>]+/[^\s"<>]+""", doi):
        raise entry.error("doi", quoted(doi), "a DOI such as 10.1000/182")
    return doi


def _link(entry: Entry) -> str:
    field = "url" if "url" in entry.fields else "howpublished"
    link = entry.address(field)
    if field == "howpublished" and not re.match(r"https?://", link):
        return ""
    if link and not re.fullmatch(r"""https?://[^\s"'<>]+""", link):
        raise entry.error(field, quoted(link), "an address that begins with https://")
    return link


def _decoder() -> LatexNodes2Text:
    context = get_default_latex_context_db()
    own = [MacroTextSpec("url", simplify_repl="%s"), MacroTextSpec("path", simplify_repl="%s")]
    own += [MacroTextSpec(name, simplify_repl=name) for name in ("TeX", "LaTeX", "BibTeX")]
    context.add_context_category("bibliographies", prepend=True, macros=own)
    return LatexNodes2Text(latex_context=context, math_mode="text", keep_comments=True)


DECODER = _decoder()


def is_known(command: str) -> bool:
    """Whether a command of LaTeX, without its backslash, has a meaning here."""
    return DECODER.latex_context.get_macro_spec(command) is not None


def plain(latex: str) -> str:
    r"""LaTeX's text as Unicode on one line, without braces.

    >>> plain(r'{\\"O}zg{\\"u}r {\\O}re --- {A} \\& {B}')
    'Özgür Øre — A & B'
    """
    # BibTeX's files use these signs bare, although LaTeX gives them a meaning.
    written = latex if "$" in latex else SPECIAL.sub(r"\\\1", latex)
    text = str(DECODER.latex_to_text(written, tolerant_parsing=True))
    return " ".join(text.replace("~", " ").split())
