"""Parts of the site as a build makes and stores them: their files, and the links of their pages."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ginn.pages.layout import Rendered
from ginn.pages.links import Links
from ginn.pages.site import Pages, Part

# Beside the files of a part stands one for their links; no address of the site is such a name.
LINKS = "links"


def render_part(placed: tuple[Pages, Part], surroundings: object) -> Rendered:
    """The files and links of a part of a site; `surroundings` are what every page depends on."""
    pages, part = placed
    return pages.make(part)


def rendered_as_files(rendered: Rendered) -> dict[str, bytes]:
    """The files of a part, and one more with their links; `rendered_from_files` is the inverse."""
    links = {at: [each.targets, sorted(each.ids)] for at, each in rendered.links.items()}
    return {**rendered.files, LINKS: json.dumps(links).encode()}


def rendered_from_files(files: Mapping[str, bytes]) -> Rendered:
    """The part that `rendered_as_files` was given."""
    links = json.loads(files[LINKS])
    return Rendered(
        {at: file for at, file in files.items() if at != LINKS},
        {at: Links(tuple(targets), frozenset(ids)) for at, (targets, ids) in links.items()},
    )
