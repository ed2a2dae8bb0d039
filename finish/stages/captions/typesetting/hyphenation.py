"""Where a word wider than a line may be divided: by its language's patterns, or an address at its marks.

The patterns are those of Pyphen's dictionaries whose own licences are the LGPL, MPL, BSD or MIT; a language
without such patterns isn't hyphenated.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any, Final

from finish.units import tongue

# Dictionaries by language, with the licence that each states.
_DICTIONARIES: Final = {
    "ca": "ca",  # LGPL 3
    "da": "da_DK",  # LGPL
    "de": "de_DE",  # LGPL 2
    "en": "en_US",  # BSD
    "es": "es",  # MIT
    "fr": "fr",  # LGPL, MIT
    "hu": "hu_HU",  # MPL 1.1
    "it": "it_IT",  # LGPL
    "pl": "pl_PL",  # LGPL
    "pt": "pt_BR",  # LGPL 3, MPL
    "sv": "sv",  # MPL, LGPL 3
}
# Suffixes that are followed by another part of a compound: the best place to divide it.
_JOINTS: Final = {
    "da": re.compile(r"(?:ings|heds|skabs|tions|tets)$", re.IGNORECASE),
    "de": re.compile(r"(?:ungs|heits|keits|schafts|ions|täts|lings|tums)$", re.IGNORECASE),
    "sv": re.compile(r"(?:ings|hets|skaps|tions|tets)$", re.IGNORECASE),
}
LEAST_PART: Final = 3  # letters of each part; house value: shorter ones look like mistakes
_ADDRESS: Final = re.compile(r"://|@|^www\.|\w\.\w{2,}|\w/\w", re.IGNORECASE)
_MARKS: Final = re.compile(r"(?<=[./@?&=_-])(?=\w)|(?<=\w)(?=@)")
_TAGS: Final = re.compile(r"[#@]\w")


def divisions(
    word: str, written: str, language: str, names: Collection[str] = ()
) -> Iterator[tuple[int, str]]:
    """The places at which a word may be divided, each with what shows there: "-", or "" in an address.

    `written` is the word before its style put it into capitals; `names` are never divided.
    """
    if _TAGS.match(word):
        return
    if is_address(word):
        yield from ((match.start(), "") for match in _MARKS.finditer(word) if 0 < match.start() < len(word))
        return
    letters = written.strip(".,;:!?…\"'”’»)(«„“")
    acronym = letters.isupper() and len(letters) > 1
    named = letters.casefold() in {name.casefold() for name in names}
    patterns = _patterns(tongue(language))
    if acronym or named or patterns is None or any(letter.isdigit() for letter in word):
        return
    start = next((at for at, letter in enumerate(word) if letter.isalpha()), 0)
    core = re.match(r"[^\W\d_]*", word[start:])
    assert core is not None
    for at in patterns.positions(core[0].lower()):
        if LEAST_PART <= at <= len(core[0]) - LEAST_PART:
            yield start + at, "-"


def at_joint(before: str, language: str) -> bool:
    """Whether a compound's part ends with `before`."""
    joint = _JOINTS.get(tongue(language))
    return joint is not None and joint.search(before) is not None


def is_address(word: str) -> bool:
    """Whether a word is an address of the web, of mail, or of a file."""
    return _ADDRESS.search(word) is not None


@lru_cache(maxsize=16)
def _patterns(language: str) -> Any:
    """The patterns of a language; None for none."""
    name = _DICTIONARIES.get(language)
    if name is None:
        return None
    import pyphen

    return pyphen.Pyphen(lang=name, left=LEAST_PART, right=LEAST_PART)
