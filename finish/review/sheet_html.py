"""A page as one web page that needs nothing else: pictures inside it, no scripts, fit for a screen, a phone and paper."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from html import escape
from string import Template
from typing import Final

import numpy as np

from finish.review.page import PageCell, PageRow, PageSection, SafeZoneShares, SheetPage
from finish.review.small_frames import Pixels

QUALITY: Final = 88  # of JPEG: on a small frame with text no ringing is seen, at a quarter of PNG's size

# Nothing is ever fetched, whatever a name or a cue may hold.
_PAGE: Final = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>$title</title>
<style>
:root { color-scheme: light dark; --paper: #f4f4f4; --ink: #161616; --quiet: #5c5c5c; --alarm: #b3261e; --line: #d0d0d0; --zoom: 1; }
@media (max-width: 1600px) { :root { --zoom: .75; } }
@media (max-width: 600px), print { :root { --zoom: .64; } }
@media (prefers-color-scheme: dark) {
  :root { --paper: #1a1a1a; --ink: #eee; --quiet: #a0a0a0; --alarm: #ff8070; --line: #3a3a3a; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px; max-width: 2048px; background: var(--paper); color: var(--ink);
       font: 15px/1.4 "Noto Sans", system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; margin: 0; } h2 { font-size: 1.3rem; margin: 0; } h3 { font-size: 1rem; margin: 0; display: inline; }
p { margin: 0; } .quiet, figcaption span { color: var(--quiet); } .alarm { color: var(--alarm); }
label { display: block; margin-top: 8px; }
section { margin-top: 24px; padding-top: 16px; border-top: 1px solid var(--line); }
article { margin-top: 16px; }
.frames { display: flex; flex-wrap: wrap; gap: 16px; margin-top: 8px; }
figure { margin: 0; width: calc(var(--wide) * var(--zoom) * 1px); max-width: 100%; break-inside: avoid; }
figcaption { font-size: .9rem; font-variant-numeric: tabular-nums; }
figcaption span { display: block; }
.frame { position: relative; } img { display: block; width: 100%; height: auto; }
.safe { position: absolute; border: 1px solid #000; }
.safe::after { content: ""; position: absolute; inset: -1px; border: 1px dashed #fff; }
body:has(#zones:not(:checked)) .safe { display: none; }
@media print { body { max-width: none; padding: 0; } label { display: none; } }
</style>
</head>
<body>
<h1>$title</h1>
<p class="quiet">$detail</p>
$switch$sections
</body>
</html>
""")
_SWITCH: Final = '<label><input type="checkbox" id="zones" checked> safe zones</label>\n'


def document(page: SheetPage) -> bytes:
    """The page as HTML in UTF-8; every name and word in it is escaped."""
    switch = _SWITCH if any(row.zone for row in page.rows) else ""
    sections = "\n".join(map(_section, page.sections))
    text = _PAGE.substitute(
        title=escape(page.title), detail=escape(page.detail), switch=switch, sections=sections
    )
    return text.encode(errors="backslashreplace")  # a file's name may hold what no UTF-8 can


def _section(section: PageSection) -> str:
    rows = "\n".join(map(_row, section.rows))
    head = (
        f'<h2>{escape(section.title)}</h2>\n<p class="quiet">{escape(section.detail)}</p>\n'
        if section.title
        else ""
    )
    return f"<section>\n{head}{rows}\n</section>"


def _row(row: PageRow) -> str:
    head = f'<h3>{escape(row.title)}</h3> <span class="quiet">{escape(row.detail)}</span>'
    return "\n".join(("<article>", head, *_inside(row), "</article>"))


def _inside(row: PageRow) -> Iterator[str]:
    if row.trouble:
        yield f'<p class="alarm">{escape(row.trouble)}</p>'
    if row.cells:
        yield '<div class="frames">'
        yield from (_cell(cell, row.zone) for cell in row.cells)
        yield "</div>"


def _cell(cell: PageCell, zone: SafeZoneShares | None) -> str:
    height, width = cell.picture.shape[:2]
    shown = f'<img src="data:image/jpeg;base64,{_jpeg(cell.picture)}" width="{width}" height="{height}" alt="{escape(cell.head)}">'
    words = f"<span>{escape(cell.words)}</span>" if cell.words else ""
    return (
        f'<figure style="--wide:{width}"><div class="frame">{shown}{_safe(zone) if zone else ""}</div>'
        f"<figcaption>{escape(cell.head)}{words}</figcaption></figure>"
    )


def _safe(zone: SafeZoneShares) -> str:
    left, top, right, bottom = (
        f"{100 * share:.2f}%" for share in (zone.left, zone.top, 1 - zone.right, 1 - zone.bottom)
    )
    return f'<div class="safe" style="left:{left};top:{top};right:{right};bottom:{bottom}"></div>'


def _jpeg(shown: Pixels) -> str:
    import cv2

    good, data = cv2.imencode(
        ".jpg", np.ascontiguousarray(shown[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    )
    assert good
    return b64encode(data.tobytes()).decode("ascii")
