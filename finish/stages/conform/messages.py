"""Messages of the conform stage: one function per note code, and the errors."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from finish.errors import MediaError, SpecError
from finish.model import Loss, Note, act, detail, know, phrase
from finish.units import clock


def _seconds(time: Fraction) -> str:
    return f"{float(time):.2f} s"


def odd_file(warning: str) -> Note:
    """A harmless oddity of the container."""
    return know("odd-file", warning)


def several_pictures(picture: int, count: int) -> Note:
    """A clip with several pictures, of which one is delivered."""
    text = f"picture {picture} of {count} is delivered — set conform: {{picture: …}} to choose"
    return know("several-pictures", text)


def no_sound_track() -> Note:
    """A clip without sound."""
    return know("no-sound-track", "no sound track")


# ---------------------------------------------------------------- damage


def damaged_accepted(losses: Sequence[Loss], since: Fraction) -> Note:
    """Damage that the job accepts."""
    text = f"the clip is damaged and delivered anyway, as accepted: {phrase(losses, since)}"
    return act("damaged-accepted", text)


def damaged_unused(losses: Sequence[Loss], since: Fraction) -> Note:
    """Damage of a track that isn't delivered."""
    text = f"a track that isn't delivered is damaged: {phrase(losses, since)}"
    return know("damaged-unused", text)


def possible_loss(loss: Loss, since: Fraction) -> Note:
    """A possible loss, under its own code.

    Recordings can begin anywhere, and screens can be still: those need no action.
    """
    usual = loss.code == "starts-late" or (loss.code == "hole" and loss.part == "picture")
    return (know if usual else act)(loss.code, loss.described(since))


def damaged(clip: str, losses: Sequence[Loss], since: Fraction, hint: str) -> MediaError:
    """Damage that the job doesn't accept."""
    return MediaError(f"{clip} is damaged: {phrase(losses, since)}", hint)


# ---------------------------------------------------------------- what a delivery drops


def chapters(count: int) -> Note:
    """Chapters of the clip."""
    return know("chapters", f"chapters: the clip's {count} chapters aren't delivered")


def timecode(start: str) -> Note:
    """The start timecode of the clip."""
    return know("timecode", f"timecode: the clip's start timecode {start} isn't delivered")


_OWN_CAPTIONS = "set captions: {file: …} to deliver your own"


def closed_captions() -> Note:
    """Captions inside the picture's data."""
    text = "closed captions: those inside the clip (CEA-608/708) aren't delivered"
    return know("closed-captions", f"{text} — {_OWN_CAPTIONS}")


def subtitles(languages: Sequence[str], bitmaps: int) -> Note:
    """The languages of all tracks ("": unknown), of which so many are `bitmaps`."""
    listed = ", ".join(language or "no language" for language in languages)
    text = f"subtitles: the clip's tracks ({listed}) aren't delivered — {_OWN_CAPTIONS}"
    if bitmaps:
        which = "they are" if bitmaps == len(languages) else f"{bitmaps} of them are"
        text += f"; {which} pictures of text: convert them to SRT with an OCR program"
    return know("subtitles", text)


# ---------------------------------------------------------------- lengths


def one_picture(seconds: Fraction) -> Note:
    """A clip of one picture, without sound."""
    return act("one-picture", f"the clip is a single picture, shown for {float(seconds):.3g} s")


def one_picture_with_sound(seconds: Fraction) -> Note:
    """A clip of one picture, with sound."""
    text = f"the clip is a single picture with {_seconds(seconds)} of sound: the picture is shown throughout"
    return know("one-picture", text)


def sound_first(lead: Fraction) -> Note:
    """Sound before the first picture."""
    text = f"the sound begins {_seconds(lead)} before the picture: the first picture is held until it begins"
    return know("sound-first", text)


def picture_first(delay: Fraction) -> Note:
    """Pictures before the first sound."""
    return know("picture-first", f"the sound begins {_seconds(delay)} after the picture: silent until then")


def sound_tail(excess: Fraction) -> Note:
    """A little sound after the last picture."""
    return detail(
        "sound-tail", f"the sound is {1000 * float(excess):.0f} ms longer than the picture: cut off"
    )


def sound_ends(missing: Fraction, end: Fraction) -> Note:
    """Pictures after the last sound."""
    text = f"the sound ends {_seconds(missing)} before the picture: silent from {clock(end)} on"
    return know("sound-ends", text)


def picture_ends(excess: Fraction, end: Fraction, urgent: bool) -> Note:
    """Sound after the last picture; `urgent` if it is long."""
    text = f"the sound is {_seconds(excess)} longer than the picture"
    note = act if urgent else know
    return note("picture-ends", f"{text}: the last picture is held from {clock(end)} on")


def clocks_differ(frames: int, picture: Fraction, sound: Fraction) -> MediaError:
    """`picture` and `sound` in s."""
    pictures = "one picture lasts" if frames == 1 else f"{frames} pictures last"
    message = (
        f"{pictures} {float(picture):.1f} s and the sound {float(sound):.1f} s: one of their clocks is wrong"
    )
    return MediaError(message, "export the clip again")


# ---------------------------------------------------------------- tracks


def no_picture(clip: str) -> MediaError:
    """A clip without a picture."""
    return MediaError(f"{clip} has no picture", "name a video clip")


def no_such_picture(clip: str, picture: int, pictures: str) -> SpecError:
    """A number that no picture of the clip has."""
    message = f"conform.picture: {clip} has no picture {picture}"
    return SpecError(message, f"choose one of: {pictures}")


def no_sound_for_channels(clip: str) -> SpecError:
    """Channels of a clip without sound."""
    return SpecError(f"conform.channels: {clip} has no sound", "remove the setting")


def no_such_track(clip: str, track: str, tracks: str) -> SpecError:
    """A sound track that the clip doesn't have."""
    message = f"conform.track: {clip} has no sound track {track}"
    return SpecError(message, f"choose one of: {tracks}" if tracks else "it has no sound: remove the setting")
