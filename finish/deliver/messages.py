"""Notes about what was published before: one function per code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from finish.model import Note, know

# They compare a plan with the published file, so the record of that file has no place for them.
ABOUT_THE_PLAN: Final = frozenset({"kept-as-approved", "changed-since-approval"})


def kept_as_approved(names: Sequence[str], since: str) -> Note:
    """`names` are what the approval provides, `since` the version of finish that published the job first."""
    listed = ", ".join(names)
    text = f"kept from the first publication (finish {since}): {listed} — to compare: finish upgrade JOB"
    return know("kept-as-approved", text)


def changed_since_approval(parts: Sequence[str], before: str, now: str, causes: Sequence[str]) -> Note:
    """`parts` of the file differ, such as "picture"; `before` and `now` are programs, `causes` filters."""
    changed = f" ({', '.join(causes)})" if causes else ""
    verb = "differs" if len(parts) == 1 and parts[0] != "sidecars" else "differ"
    text = (
        f"the {' and the '.join(parts)}{changed} {verb} from the published file, although the job spec, its "
        f"files, and its decisions haven't changed: published with {before}, now {now}"
        " — to compare: finish explain JOB --why"
    )
    return know("changed-since-approval", text)
