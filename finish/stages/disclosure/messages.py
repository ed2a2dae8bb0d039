"""Messages of the disclosure stage: one function per note code."""

from __future__ import annotations

from finish.model import Note, act, know
from finish.stages.disclosure.disclosure_rules import PlatformRule


def inherited(source_type: str, clip: str, more: int) -> Note:
    """A generated clip, and a job that states nothing. `more` clips state the same."""
    clips = f"{clip} and {more} more" if more else clip
    text = f"disclosure: {source_type}, as {clips} states — state `disclosure: {source_type}` to confirm it"
    return act("disclosure-inherited", text)


def contradicted(stated: str, inherited_type: str, clip: str) -> Note:
    """A job that states another type than a generated clip."""
    text = f"disclosure: the job states {stated}, but {clip} states {inherited_type} — check which is right"
    return act("disclosure-contradicted", text)


def nothing_disclosed(reason: str) -> Note:
    """`source_type: none`."""
    return know("nothing-disclosed", f"disclosure: nothing is stated: {reason}")


def upload(rule: PlatformRule) -> Note:
    """What a platform asks people to do with generated media when they upload it."""
    return know("disclosure-upload", f"disclosure: {rule.platform}: {rule.text}")


def credentials_broken(clip: str, problem: str) -> Note:
    """A clip that isn't as it was signed, or whose manifests can't be read."""
    text = f"provenance: the Content Credentials of {clip} aren't valid ({problem})"
    return act("credentials-broken", f"{text} — get the clip from its author again")


def credentials_remote(clip: str) -> Note:
    """A clip whose manifests are on a server."""
    text = f"provenance: {clip} has its Content Credentials on a server, which isn't asked"
    return act("credentials-remote", f"{text} — get a copy of the clip with embedded credentials")


def credentials_unread(clip: str) -> Note:
    """A clip with a manifest, and no package that reads it."""
    text = f"provenance: the Content Credentials of {clip} can't be read"
    return act("credentials-unread", f"{text} — install finish[provenance]")


def watermarked(clip: str) -> Note:
    """A clip whose credentials state an invisible watermark."""
    text = f"provenance: the credentials of {clip} state an invisible watermark, which finish doesn't read"
    return know("watermark", f"{text} and never removes; cropping and encoding can weaken it")
