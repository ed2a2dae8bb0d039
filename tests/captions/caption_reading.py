"""Caption files that are read or refused, for the tests of their formats."""

from __future__ import annotations

import pytest
from caption_world import document

from finish.errors import FinishError
from finish.stages.captions.formats.caption_formats import read


def cue_texts(name: str, data: str | bytes, **how: str) -> list[tuple[float, float, str]]:
    return [(float(cue.start), float(cue.end), cue.text) for cue in read(document(data, name), **how).cues]


def refused(name: str, data: str | bytes, **how: str) -> str:
    with pytest.raises(FinishError) as wrong:
        read(document(data, name), **how)
    return str(wrong.value)
