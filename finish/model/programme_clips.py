"""The clips of a programme, and what of them is read."""

from __future__ import annotations

from typing import Any

from finish.model.losses import clip_account
from finish.model.media import Source
from finish.model.programme import Programme
from finish.model.sequence_programme import SequenceProgramme


def media_of(programme: Programme) -> tuple[Source, ...]:
    """The clips of a programme, each once; none for a timeline of stills and cards."""
    return tuple(source for source in programme.sources if source.demuxer != "drawn")


def programme_account(programme: Programme) -> dict[str, Any] | list[Any]:
    """The account of a programme's clip for JSON; for a timeline, a list of its clips' accounts with the
    names of their files."""
    if isinstance(programme, SequenceProgramme):
        return [{"file": source.path.name, **clip_account(source)} for source in media_of(programme)]
    return clip_account(programme.sources[0])
