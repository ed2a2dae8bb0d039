"""What is damaged or missing in a clip: refused, or accepted and reported with the times."""

from __future__ import annotations

from finish.errors import FinishError, MediaError
from finish.model import Loss, Note, Source, act, know, phrase

ACCEPT = "conform: {damaged: accept}"


def judged(source: Source, tracks: tuple[int | None, ...], *, accept: bool) -> tuple[Note, ...]:
    """Notes about everything that is missing of the clip; `tracks` are the numbers of the streams in use.

    MediaError for what is certainly missing of these, unless it is accepted and accepting it is of use.
    """
    used = [each for each in source.losses if each.track is None or each.track in tracks]
    certain = [each for each in used if each.certain]
    if certain and (not accept or any(each.hint for each in certain)):
        raise _refused(source, certain)
    since = source.start
    notes = (
        [
            act(
                "damaged-accepted",
                f"the clip is damaged and is delivered all the same: {phrase(certain, since)}",
            )
        ]
        if certain
        else []
    )
    notes += [_possible(each, source) for each in used if not each.certain]
    others = [each for each in source.losses if each not in used]
    notes += (
        [know("damaged-unused", f"a track that is not delivered is damaged: {phrase(others, since)}")]
        if others
        else []
    )
    return tuple(notes)


def _refused(source: Source, losses: list[Loss]) -> FinishError:
    hint = next((each.hint for each in losses if each.hint), "")
    text = hint or f"copy the clip again, or accept the loss with {ACCEPT}"
    return MediaError(f"{source.path.name} is damaged: {phrase(losses, source.start)}", text)


def _possible(loss: Loss, source: Source) -> Note:
    """Recordings begin anywhere, and screens stand still: neither asks for anything."""
    usual = loss.code == "starts-late" or (loss.code == "hole" and loss.part == "picture")
    return (know if usual else act)(loss.code, loss.told(source.start))
