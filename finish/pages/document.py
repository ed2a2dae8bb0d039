"""The frame of every page: head, header, footer, and the style that the kit shares."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from finish.pages.components import facts
from finish.pages.html_markup import Child, Markup, element, joined

# The browser fetches nothing and runs nothing, even if a name or a caption says so.
_POLICY: Final = "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'"
_STYLE: Final = Path(__file__).with_name("theme.css")


def page(
    title: str, *body: Child, kind: str = "", details: Sequence[str] = (), refresh: int | None = None
) -> bytes:
    """A complete page in UTF-8.

    `kind` is the kind of page, and `details` are short facts about its subject. A page that a program
    keeps up to date reloads itself every `refresh` seconds.
    """
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", http_equiv="refresh", content=refresh) if refresh else None,
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("title", f"{title} – {kind}" if kind else title),
        element("style", _style()),
    )
    header = element(
        "header",
        element("p", kind, class_="kind") if kind else None,
        element("h1", title),
        facts(details),
        class_="masthead",
    )
    footer = element("footer", element("p", "Made with ", element("strong", "finish")))
    whole = element("html", head, element("body", header, element("main", *body), footer), lang="en")
    # A file's name may have characters that UTF-8 can't encode.
    return joined(Markup("<!doctype html>\n"), whole, "\n").encode(errors="backslashreplace")


@cache
def _style() -> Markup:
    return Markup(_STYLE.read_text(encoding="utf-8"))
