"""The policy of every page (Content Security Policy 3), and what it would block in an article.

A browser ignores what the policy forbids, and tells the reader nothing. An article with such an
element is therefore refused. The policy and this check follow from one table, DIRECTIVES.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from ginn.errors import AuthorError, quoted

NONE, SELF = "'none'", "'self'"
# Scripts, styles and pictures come only from files of the site. A `default-src` of none refuses
# connections, frames, plug-ins, fonts and workers. The policy does not apply to downloads, so a
# reader can save pictures.
DIRECTIVES = {
    "default-src": NONE,
    "script-src": SELF,
    "style-src": SELF,
    "img-src": SELF,
    "connect-src": SELF,
    "manifest-src": SELF,
    "base-uri": NONE,
    "form-action": SELF,
}
POLICY = "; ".join(f"{name} {sources}" for name, sources in DIRECTIVES.items())

# The directive for the address in an attribute of an element.
ADDRESSES = {
    ("img", "src"): "img-src", ("img", "srcset"): "img-src", ("source", "srcset"): "img-src",
    ("image", "href"): "img-src", ("image", "xlink:href"): "img-src", ("input", "src"): "img-src",
    ("video", "poster"): "img-src",
    ("video", "src"): "media-src", ("audio", "src"): "media-src", ("source", "src"): "media-src",
    ("track", "src"): "media-src",
    ("iframe", "src"): "frame-src", ("iframe", "srcdoc"): "frame-src",
    ("frame", "src"): "frame-src",
    ("object", "data"): "object-src", ("embed", "src"): "object-src",
    ("script", "src"): "script-src", ("a", "ping"): "connect-src", ("base", "href"): "base-uri",
    ("form", "action"): "form-action", ("input", "formaction"): "form-action",
    ("button", "formaction"): "form-action",
}  # fmt: skip
# The directive for the address of a link element, by its `rel`.
LINKED = {"stylesheet": "style-src", "icon": "img-src", "manifest": "manifest-src"}
# These directives have no fallback (CSP 3, 6.8.3).
WITHOUT_FALLBACK = ("base-uri", "form-action")
# A script element of any other type holds data, which never runs (HTML, 4.12.1).
SCRIPTS = ("", "module", "text/javascript", "application/javascript", "text/ecmascript")
HINTS = {
    "img-src": "copy the picture beside the article, and write ![what it shows](name.png)",
    "script-src": "leave it out: an article has no scripts of its own",
    "style-src": "leave it out: templates/style.css has the look of all pages",
}
LINK = "link to it: [words](https://...)"


def allowed_sources(directive: str) -> str:
    """The sources that the policy allows for a directive; `*` if it says nothing."""
    fallback = "*" if directive in WITHOUT_FALLBACK else DIRECTIVES["default-src"]
    return DIRECTIVES.get(directive, fallback)


def refusal(tag: str, attributes: Mapping[str, str]) -> AuthorError | None:
    """The error for the first thing in a start tag that the policy blocks, or None."""
    return next(_refusals(tag, attributes), None)


def _refusals(tag: str, attributes: Mapping[str, str]) -> Iterator[AuthorError]:
    for directive, what in _inline(tag, attributes):
        if "'unsafe-inline'" not in allowed_sources(directive):
            yield _error(what, directive)
    for name, value in attributes.items():
        directive = ADDRESSES.get((tag, name), "")
        if (tag, name) == ("link", "href"):
            rels = attributes.get("rel", "").lower().split()
            directive = next((LINKED[rel] for rel in rels if rel in LINKED), "")
        if directive and not _is_allowed(directive, name, value):
            yield _error(f"<{tag} {name}={quoted(value)}>", directive)


def _inline(tag: str, attributes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The directive that governs each inline script and style, and its name in a message."""
    if tag == "style":
        yield "style-src", "<style>"
    runs = attributes.get("type", "").strip().lower() in SCRIPTS
    if tag == "script" and "src" not in attributes and runs:
        yield "script-src", "<script>"
    for name, value in attributes.items():
        if name == "style":
            yield "style-src", f"style={quoted(value)}"
        if name.startswith("on"):
            yield "script-src", f"{name}={quoted(value)}"
        if name in ("href", "xlink:href", "action") and _scheme(value) == "javascript":
            yield "script-src", f"{name}={quoted(value)}"


def _is_allowed(directive: str, name: str, value: str) -> bool:
    """Whether the policy allows the addresses in an attribute."""
    sources = allowed_sources(directive)
    if sources != SELF:
        return sources == "*"
    addresses = [part.split()[0] for part in value.split(",") if part.split()]
    return all(map(_is_own, addresses if name == "srcset" else [value]))


def _is_own(address: str) -> bool:
    """Whether an address is relative to the page, and so of the same site."""
    try:
        return not _scheme(address) and not urlsplit(address.strip()).netloc
    except ValueError:
        return False


def _scheme(address: str) -> str:
    """The scheme of an address as browsers read it, or ""."""
    try:
        return urlsplit("".join(address.split())).scheme.lower()
    except ValueError:
        return ""


def _error(found: str, directive: str) -> AuthorError:
    allowed = "what the policy of the pages lets a browser show "
    allowed += f"({directive} {allowed_sources(directive)})"
    return AuthorError(found, allowed, HINTS.get(directive, LINK))
