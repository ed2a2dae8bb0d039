"""A plain text without times → its sentences."""

from __future__ import annotations

import re
from typing import Final

# A sentence ends after its stop and any quotes and brackets that follow; in scripts without blanks the next
# sentence follows at once.
_END: Final = re.compile(r"(?<=[.!?…؟۔।])[\"'”’»)\]]*\s+(?=\S)|(?<=[。！？])[」』）”’]*(?=\S)|\n+")
_ABBREVIATED: Final = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Sr|Sra|M|Mme|Hr|Fr|z\.\s?B|e\.g|i\.e|etc|ca|vs|No|Nr)\.$"
)
_CONTEXT: Final = 40  # characters before a stop; no abbreviation is that long


def text_sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, in order; a line of its own is one too. Only blanks are dropped."""
    sentences: list[str] = []
    at = 0
    for stop, end in [*(match.span() for match in _END.finditer(text)), (len(text), len(text))]:
        last = text[max(at, stop - _CONTEXT) : end]
        if "\n" not in text[stop:end] and _ABBREVIATED.search(last.rstrip()) and end < len(text):
            continue
        if words := text[at:end].split():
            sentences.append(" ".join(words))
        at = end
    return tuple(sentences)
