"""Names of a glossary in recognised speech: spelt as the user spells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from finish.analysis.transcription import RecognizedWord
from finish.model import Note
from finish.stages.captions import messages
from finish.stages.captions.timing.letters import edit_distance, plain_letters

# A name is near if it has at least five letters, at most a quarter of them differ, and the first is the same:
# so "cling" doesn't become Kling.
_NEAR: Final = 0.25
_LONG_ENOUGH: Final = 5
_MOST_WORDS: Final = 3  # as which a name can be recognised
_STOPS: Final = frozenset(".,;:!?…")
_MARKS: Final = ".,;:!?…\"'“”‘’«»()[]¿¡-–—"


def with_glossary(
    recognised: Sequence[RecognizedWord], glossary: Sequence[str]
) -> tuple[tuple[RecognizedWord, ...], tuple[Note, ...]]:
    """The words with the names of a glossary spelt as there, and a note for each change.

    One to three words with exactly a name's letters always become it, and so do words near it unless they are
    another name.
    """
    names = {plain_letters(name): name for name in glossary if plain_letters(name)}
    corrected: list[RecognizedWord] = []
    notes: list[Note] = []
    at = 0
    while at < len(recognised):
        count, name = _longest_name(recognised, at, names)
        words = recognised[at : at + count]
        at += count
        if not name:
            corrected += words
            continue
        old = "".join(word.text for word in words)
        core = old.strip(" " + _MARKS)
        new = old.replace(core, name, 1)
        corrected.append(RecognizedWord(new, words[0].start, words[-1].end, min(word.sure for word in words)))
        if new != old:
            notes.append(messages.glossary(core, name, words[0].start))
    return tuple(corrected), tuple(notes)


def _longest_name(recognised: Sequence[RecognizedWord], at: int, names: Mapping[str, str]) -> tuple[int, str]:
    """The most words from `at` on that are a name, and the name; one word and "" for none."""
    counts = range(1, min(_MOST_WORDS, len(recognised) - at) + 1)
    matches = ((count, _name(recognised[at : at + count], names)) for count in counts)
    return max((match for match in matches if match[1]), default=(1, ""), key=lambda match: match[0])


def _name(words: Sequence[RecognizedWord], names: Mapping[str, str]) -> str:
    """The name that these words are, exactly or nearly; "" for none."""
    if any(set(word.text.strip()[-1:]) & _STOPS for word in words[:-1]):
        return ""
    letters = "".join(plain_letters(word.text) for word in words)
    if letters in names:
        return names[letters]
    near = [
        (edit_distance(letters, spelling) / len(spelling), name)
        for spelling, name in names.items()
        if len(spelling) >= _LONG_ENOUGH
        and letters[:1] == spelling[:1]
        and abs(len(letters) - len(spelling)) <= _NEAR * len(spelling)
    ]
    share, name = min(near, default=(1.0, ""))
    return name if share <= _NEAR else ""
