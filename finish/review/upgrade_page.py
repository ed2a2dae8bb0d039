"""The page of an upgrade: frames as approved and as this version makes them, settings, and pieces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from finish.pages import components, document
from finish.pages.components import Column, KeyFigure
from finish.pages.frames import Frame, paired_gallery
from finish.pages.html_markup import Child, Markup
from finish.review.moments import moments, tidy
from finish.review.small_frames import FrameRequest, Pixels, frames, small
from finish.review.upgrade import Change, FileUpgrade

MOMENTS: Final = 4  # of a deliverable; house: pairs of four fit one screen
_VISIBLE: Final = 0.05  # of 255; a smaller mean difference rounds to nothing


@dataclass(frozen=True)
class UpgradeVersions:
    """The version of finish that published the job first, this one, and the analysers that differ."""

    approved: str
    current: str
    analysers: tuple[Change, ...] = ()


@dataclass(frozen=True)
class FramePair:
    """One moment as approved and now; None where a file has ended by then."""

    time: Fraction
    before: Pixels | None
    after: Pixels | None

    @property
    def difference(self) -> float:
        """The mean difference of all channels, in codes of 255; all of them where the shapes differ."""
        if self.before is None or self.after is None or self.before.shape != self.after.shape:
            return 255.0
        return float(np.abs(self.before.astype(np.int16) - self.after).mean())


def html(
    job: str, files: Sequence[FileUpgrade], versions: UpgradeVersions, cuts: Mapping[str, Sequence[Fraction]]
) -> bytes:
    """The page as HTML in UTF-8.

    `cuts` are the times (s) at which shots of a deliverable's clip begin, by the deliverable's name.
    """
    changed = [file for file in files if not file.is_same]
    same = [file.name for file in files if file.is_same]
    details = (
        f"approved with finish {versions.approved}",
        f"this is finish {versions.current}",
        f"{len(changed)} of {len(files)} files change",
    )
    sections = [
        *_analysers(versions.analysers),
        components.section("", [_card(file, cuts.get(file.name, ())) for file in changed]),
        *([components.notice("good", f"No change: {', '.join(same)}")] if same else []),
    ]
    return document.page(tidy(job), None, sections, kind="Upgrade", details=details)


def _analysers(changes: Sequence[Change]) -> Iterator[Markup]:
    if changes:
        listed = ", ".join(f"{name} {before} → {after}" for name, before, after in changes)
        text = (
            f"Newer analysers: {listed}. The decisions in the lock file stay. "
            "To compare new decisions, add --redecide STAGE."
        )
        yield components.notice("attention", text)


def _card(file: FileUpgrade, cuts: Sequence[Fraction]) -> Markup:
    pairs = _pairs(file, cuts)
    columns = (Column("Setting"), Column("Approved"), Column("New"))
    return components.card(
        tidy(file.after.filename),
        components.key_figures(_figures(file, pairs)),
        paired_gallery([tuple(_frames(pair)) for pair in pairs]) if pairs else None,
        components.table(columns, _rows(file.changes)) if file.changes else None,
        details=_details(file),
    )


def _rows(changes: Sequence[Change]) -> Iterator[Sequence[Child]]:
    for name, before, after in changes:
        yield tidy(name), tidy(before), tidy(after)


def _details(file: FileUpgrade) -> Iterator[str]:
    sizes = (str(rendering.planned.programme.frame) for rendering in (file.before, file.after))
    yield " → ".join(dict.fromkeys(sizes))


def _figures(file: FileUpgrade, pairs: Sequence[FramePair]) -> Iterator[KeyFigure]:
    changed, count = len(file.changed_pieces), len(file.after.pieces)
    yield KeyFigure("Pieces to render", f"{changed} of {count}")
    yield KeyFigure("Sound", "changes" if file.sound_changes else "same")
    if pairs:
        largest = max(pair.difference for pair in pairs)
        value = f"{largest:.1f}" if largest >= _VISIBLE else "none"
        yield KeyFigure("Largest mean difference", value, "of 255" if largest >= _VISIBLE else "")
    yield KeyFigure("Settings and promises", str(len(file.changes)), "differ")


def _pairs(file: FileUpgrade, cuts: Sequence[Fraction]) -> tuple[FramePair, ...]:
    """The moments at which the files differ most, in order of time."""
    if not file.changed_pieces:
        return ()
    programmes = [rendering.planned.programme for rendering in (file.before, file.after)]
    spans = [piece.span for piece in file.changed_pieces]
    times = [
        time
        for time in moments(programmes, cuts).times
        if any(span.start <= time < span.end for span in spans)
    ] or [(span.start + span.end) / 2 for span in spans]
    requests = [
        FrameRequest(rendering.planned.programme, rendering.picture.inputs[0], small(programme.frame))
        for rendering, programme in zip((file.before, file.after), programmes, strict=True)
    ]
    pictures = frames(requests, times)
    pairs = [FramePair(time, pictures.get((0, time)), pictures.get((1, time))) for time in times]
    most = sorted(pairs, key=lambda pair: -pair.difference)[:MOMENTS]
    return tuple(sorted(most, key=lambda pair: pair.time))


def _frames(pair: FramePair) -> Iterator[Frame]:
    time = f"{float(pair.time):.2f} s"
    for name, picture in (("Approved", pair.before), ("New", pair.after)):
        if picture is not None:
            yield Frame(picture, f"{name} · {time}")
