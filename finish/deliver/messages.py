"""Notes about what was published before: one function per code."""

from __future__ import annotations

from collections.abc import Sequence

from finish.model import Note, know


def kept_as_approved(names: Sequence[str], since: str) -> Note:
    """`names` are what the approval provides, `since` the version of finish that published the job first."""
    kept = ", ".join(names)
    text = f"kept from the first publication (finish {since}): {kept} — to compare: finish upgrade JOB"
    return know("kept-as-approved", text)


def changed_since_approval(parts: Sequence[str], before: str, now: str, causes: Sequence[str]) -> Note:
    """`parts` are "picture" and "sound", `before` and `now` programs, `causes` the changes of the picture."""
    changed = f" ({', '.join(causes)})" if causes else ""
    verb = "differs" if len(parts) == 1 else "differ"
    text = (
        f"the {' and the '.join(parts)}{changed} {verb} from the published file, although the job spec, its "
        f"files, and its decisions haven't changed: published with {before}, now {now}"
        " — to compare: finish explain JOB --why"
    )
    return know("changed-since-approval", text)
