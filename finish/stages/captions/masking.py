"""Words that a caption must not show: their first letter stays, asterisks replace the others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from finish.model import Note
from finish.stages.captions import messages
from finish.stages.captions.cues import Cue, StyledRun
from finish.units import tongue

# The plain swear words of each language; `*` matches any ending. Short on purpose: a word that is masked
# without reason is a loss.
PROFANITY: Final = {
    "en": "fuck* motherfuck* shit shits shitty shitting bullshit cunt* bitch bitches bastard* asshole* "
    "dickhead* cocksucker* wanker* twat* goddamn* nigger* faggot*",
    "de": "scheiß* scheiss* fick* gefickt verfickt* arschloch* arschlöcher wichser* fotze* hurensohn* "
    "hure nutte*",
    "fr": "merde* putain* connard* connasse* salope* salaud* enculé* encule* bordel pute putes foutre",
    "es": "mierda* joder* jodid* puta putas puto putos coño* cabrón cabron* gilipollas "
    "hostia* pendej* chingad* verga",
    "it": "cazzo* merda* stronz* puttana* troia vaffanculo* coglion* minchia*",
    "pt": "merda* caralho* porra puta putas foda* foder cuzão buceta* viado*",
    "nl": "kut* klootzak* godverdomme* kanker* hoer hoeren lul tyfus*",
    "pl": "kurw* chuj* pierdol* jeb* skurwysyn*",
    "ru": "бля* хуй* хуе* пизд* еба* ёб* сук* мудак*",
}


def mask_words(
    cues: Sequence[Cue], words: Sequence[str], language: str
) -> tuple[tuple[Cue, ...], list[Note]]:
    """The cues with these words masked wherever they occur whole, in any case, and a note.

    "profanity" stands for the list of the language, or of all languages where `language` is empty.
    """
    pattern = _pattern(tuple(words), tongue(language))
    cleaned = tuple(_masked(cue, pattern) for cue in cues)
    changed = [cue for cue, before in zip(cleaned, cues, strict=True) if cue.text != before.text]
    return cleaned, [messages.masked(len(changed), changed[0].start)] if changed else []


@lru_cache(maxsize=32)
def _pattern(words: tuple[str, ...], language: str) -> re.Pattern[str]:
    """A pattern of all these words, the longest first; one that matches nothing for no words."""
    profanity = PROFANITY.get(language, "" if language else " ".join(PROFANITY.values())).split()
    entries = [
        entry
        for word in words
        for entry in (profanity if word == "profanity" else [word.strip()])
        if entry.strip("*")
    ]
    forms = (re.escape(entry.rstrip("*")) + (r"\w*" if entry.endswith("*") else "") for entry in entries)
    choice = "|".join(sorted(forms, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{choice})(?!\w)" if choice else r"(?!)", re.IGNORECASE)


def _masked(cue: Cue, pattern: re.Pattern[str]) -> Cue:
    """The cue with its matches masked; a match can extend over several runs."""
    text = cue.text
    hidden = {
        at
        for match in pattern.finditer(text)
        for at in range(match.start() + 1, match.end())
        if not text[at].isspace()
    }
    if not hidden:
        return cue
    runs: list[StyledRun] = []
    at = 0
    for run in cue.runs:
        letters = ("*" if at + place in hidden else letter for place, letter in enumerate(run.text))
        runs.append(run.but("".join(letters)))
        at += len(run.text)
    return replace(cue, runs=tuple(runs))
