"""The works that articles can cite, from the files beside the articles."""

from __future__ import annotations

from pathlib import Path

from ginn.config.models import Site
from ginn.config.validation import read_document
from ginn.errors import quoted
from ginn.files import found_in, is_file, within
from ginn.pages.citations import Source, read_bibliography

TOML, BIBTEX = "bibliography.toml", "bibliography.bib"


def read_works(folder: Path, site: Site) -> dict[str, Source]:
    """The works of a content's folder by their keys, from TOML and from BibTeX.

    Raises AuthorError for a mistake in a file, for a key that both have, and for a file that
    `report.toml` names and that does not exist.
    """
    works = read_bibliography(folder / TOML)
    path = within(folder, found_in(folder, site.bibliography or BIBTEX))
    if site.bibliography and not is_file(path):
        report = read_document(folder / "report.toml", "the report's TOML")
        found = f"{quoted(site.bibliography)}, and no such file"
        raise report.error(("site", "bibliography"), found, "a BibTeX file below content/")
    others = _from_bibtex(path) if is_file(path) else {}
    for key in others:
        if key in works:
            found, allowed = f"{quoted(key)}, which {path.name} has, too", "a key in one file"
            bibliography = read_document(folder / TOML, "a bibliography")
            raise bibliography.error((key,), found, allowed, "take one away")
    return works | others


def _from_bibtex(path: Path) -> dict[str, Source]:
    # Imported only here: the readers of BibTeX and LaTeX take a while to load, and few reports need
    # them.
    from ginn.pages.bibtex_files import read_bibtex

    return read_bibtex(path)
