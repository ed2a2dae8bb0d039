"""Messages of the provenance stage: one function per note code."""

from __future__ import annotations

from finish.model import Note, act, know


def lost(clip: str, more: int) -> Note:
    """Credentials of clips that aren't carried, because the delivery isn't signed."""
    clips = f"{clip} and {more} more" if more else clip
    text = (
        f"provenance: the Content Credentials of {clips} aren't delivered, because the delivery isn't signed"
    )
    return act("provenance", f"{text} — set FINISH_SIGN_CERTIFICATE and FINISH_SIGN_KEY")


def signed(signer: str, ingredients: int) -> Note:
    """A delivery that is signed."""
    sources = "1 source" if ingredients == 1 else f"{ingredients} sources"
    return know("provenance-signed", f"provenance: signed with {signer}, with {sources} as ingredients")
