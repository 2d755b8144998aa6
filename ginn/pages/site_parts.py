"""Parts of the site in a build and in its cache: their files, and the links of their pages."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ginn.pages.layout import Rendered
from ginn.pages.links import Links
from ginn.pages.site import Pages, Part

# The name of a part's additional file with the links. It is not the address of a file of the site.
LINKS = "links"


def render_part(placed: tuple[Pages, Part], surroundings: object) -> Rendered:
    """The files and links of a part of a site.

    `surroundings` is not used. It is a parameter because every page depends on it.
    """
    pages, part = placed
    return pages.make(part)


def rendered_as_files(rendered: Rendered) -> dict[str, bytes]:
    """The files of a part, and one file with their links; `rendered_from_files` is the inverse."""
    links = {at: [each.targets, sorted(each.ids)] for at, each in rendered.links.items()}
    return {**rendered.files, LINKS: json.dumps(links).encode()}


def rendered_from_files(files: Mapping[str, bytes]) -> Rendered:
    """The part from which `rendered_as_files` made these files."""
    links = json.loads(files[LINKS])
    return Rendered(
        {at: file for at, file in files.items() if at != LINKS},
        {at: Links(tuple(targets), frozenset(ids)) for at, (targets, ids) in links.items()},
    )
