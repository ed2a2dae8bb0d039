"""Words that a caption must not show: their first letter stays, the others become asterisks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from finish.stages.captions.cues import Cue, StyledRun
from finish.units import clock, tongue

# The plain swear words of each language; `*` stands for any ending. Short on purpose: what is masked unasked is missed.
PROFANITY: Final = {
    "en": "fuck* motherfuck* shit shits shitty shitting bullshit cunt* bitch bitches bastard* asshole* dickhead* cocksucker* wanker* twat* "
    "goddamn* nigger* faggot*",
    "de": "scheiß* scheiss* fick* gefickt verfickt* arschloch* arschlöcher wichser* fotze* hurensohn* hure nutte*",
    "fr": "merde* putain* connard* connasse* salope* salaud* enculé* encule* bordel pute putes foutre",
    "es": "mierda* joder* jodid* puta putas puto putos coño* cabrón cabron* gilipollas hostia* pendej* chingad* verga",
    "it": "cazzo* merda* stronz* puttana* troia vaffanculo* coglion* minchia*",
    "pt": "merda* caralho* porra puta putas foda* foder cuzão buceta* viado*",
    "nl": "kut* klootzak* godverdomme* kanker* hoer hoeren lul tyfus*",
    "pl": "kurw* chuj* pierdol* jeb* skurwysyn*",
    "ru": "бля* хуй* хуе* пизд* еба* ёб* сук* мудак*",
}


def masked(cues: Sequence[Cue], words: Sequence[str], language: str) -> tuple[tuple[Cue, ...], list[str]]:
    """The cues with these words masked wherever they stand whole, in any case, and what was masked; "profanity" means the list of the
    language, of all languages where none is said."""
    pattern = _pattern(tuple(words), tongue(language))
    done = tuple(_masked(cue, pattern) for cue in cues)
    hit = [cue for cue, before in zip(done, cues, strict=True) if cue.text != before.text]
    return done, [
        f"{len(hit)} cue{'s' * (len(hit) > 1)} with masked words, the first at {clock(hit[0].start)}"
    ] if hit else []


@lru_cache(maxsize=32)
def _pattern(words: tuple[str, ...], spoken: str) -> re.Pattern[str]:
    listed = PROFANITY.get(spoken, "" if spoken else " ".join(PROFANITY.values())).split()
    every = [
        each
        for word in words
        for each in (listed if word == "profanity" else [word.strip()])
        if each.strip("*")
    ]
    spelled = sorted(
        (re.escape(each.rstrip("*")) + (r"\w*" if each.endswith("*") else "") for each in every),
        key=len,
        reverse=True,
    )
    return (
        re.compile(rf"(?<!\w)(?:{'|'.join(spelled)})(?!\w)", re.IGNORECASE)
        if spelled
        else re.compile(r"(?!)")
    )


def _masked(cue: Cue, pattern: re.Pattern[str]) -> Cue:
    """A word may run over several stylings: letters are masked where they stand."""
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
        runs.append(
            run.but("".join("*" if at + place in hidden else letter for place, letter in enumerate(run.text)))
        )
        at += len(run.text)
    return replace(cue, runs=tuple(runs))
