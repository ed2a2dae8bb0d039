"""What a clip carries and a delivery will not: said before it is lost."""

from __future__ import annotations

from finish.model import Extras, Note, act, know


def lost(extras: Extras) -> tuple[Note, ...]:
    """A line about everything of the clip that is neither picture nor sound, and what can be done about it."""
    said = (
        (
            extras.provenance,
            act,
            "provenance",
            "provenance: the clip carries a C2PA manifest, which the delivery will not "
            "(sign again after delivery)",
        ),
        (
            extras.chapters,
            know,
            "chapters",
            f"chapters: the clip's {extras.chapters} will not be in the delivery",
        ),
        (
            extras.timecode,
            know,
            "timecode",
            f"timecode: the clip starts at {extras.timecode}, which the delivery will not say",
        ),
        (
            extras.closed_captions,
            know,
            "closed-captions",
            "closed captions: those inside the clip (CEA-608/708) will not be in "
            "the delivery (captions: {file: …} delivers your own)",
        ),
        (
            extras.subtitles,
            know,
            "subtitles",
            f"subtitles: the clip's tracks ({_languages(extras.subtitles)}) will not be in the delivery "
            f"(captions: {{file: …}} delivers your own){_drawn(extras)}",
        ),
    )
    return tuple(note(code, text) for there, note, code, text in said if there)


def _languages(found: tuple[str, ...]) -> str:
    return ", ".join(each or "no language" for each in found)


def _drawn(extras: Extras) -> str:
    """Subtitles of discs and broadcasts that are no text."""
    if not extras.drawn:
        return ""
    which = "they are" if extras.drawn == len(extras.subtitles) else f"{extras.drawn} of them are"
    return f"; {which} pictures of letters, of which no captions can be made here: an OCR program writes them as SRT"
