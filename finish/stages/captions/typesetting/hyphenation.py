"""Where a word wider than a line may be divided: by its language's patterns, or an address at its marks.

The patterns are those of Pyphen's dictionaries whose own licences are the LGPL, MPL, BSD or MIT; a language
without such patterns isn't hyphenated.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from finish.stages.captions.typesetting import compounds
from finish.units import tongue

# Dictionaries by language, with the licence that the file and its README state. Those under the GPL alone
# (Czech, Norwegian, Romanian and others), in doubt (Catalan: its file states the GPL, its README the LGPL
# too), and without a statement (Dutch, Russian) aren't used.
_DICTIONARIES: Final = {
    "af": "af_ZA",  # LGPL 2.1
    "da": "da_DK",  # LGPL
    "de": "de_DE",  # LGPL 2
    "el": "el_GR",  # LGPL
    "en": "en_US",  # BSD
    "es": "es",  # MIT
    "et": "et_EE",  # LGPL
    "fr": "fr",  # LGPL, MIT
    "hr": "hr_HR",  # LGPL
    "hu": "hu_HU",  # MPL 1.1
    "it": "it_IT",  # LGPL
    "pl": "pl_PL",  # LGPL
    "pt": "pt_BR",  # LGPL 3, MPL
    "sl": "sl_SI",  # LGPL
    "sv": "sv",  # MPL, LGPL 3
}
_LONGEST: Final = 200  # letters; longer words fit no card at a readable size
LEAST_PART: Final = 3  # letters of each part; house value: shorter ones look like mistakes
_LONGEST_ACRONYM: Final = 8  # letters; house value: longer words in capitals are words
# How good a place is: factors on the width of the wider part. House values: a compound may be divided at a
# joint though that makes a part wider; a hyphen of an address, at a line end, looks like an added one.
JOINT, SYLLABLE, POOR = 0.75, 1.0, 1.5

# A scheme, mail, a host name with a top-level domain, a drive or root, or two slashes. A dot or a slash
# between figures, and one slash between words, is no address. Each alternative takes linear time.
_ADDRESS: Final = re.compile(
    r"://|\bwww\.|[\w.+-]@[\w-]+\.\w|[^\W_]\.[^\W\d_]{2,}"
    r"|^\W*(?:[a-z]:\\|[~.]?/)\w|[/\\][^\W\d][\w.-]*[/\\]",
    re.IGNORECASE,
)
_MARKS: Final = re.compile(r"(?<=[./\\@])(?=\w)|(?<=\w)(?=@)")
_POOR_MARKS: Final = re.compile(r"(?<=[?&=_-])(?=\w)")
_TAG: Final = re.compile(r"(?<!\w)[#@]\w")
_LETTERS: Final = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+")
_CONSONANTS: Final = frozenset("bcdfghjklmnpqrstvwxz")
_EDGES: Final = ".,;:!?…\"'”’»)]«(„“[¿¡-–—•♪> "


@dataclass(frozen=True)
class Division:
    """A place in a word: `at` letters from its start, what shows there ("-" or nothing), and how good it is.

    `weight` multiplies the width of the wider part where places are compared.
    """

    at: int
    mark: str
    weight: float = SYLLABLE


def divisions(word: str, language: str, names: Collection[str] = ()) -> Iterator[Division]:
    """The places at which a word, as in its file, may be divided.

    None in hashtags, names of users, numbers, acronyms, and `names`, which can have several words.
    """
    if len(word) > _LONGEST or _TAG.search(word):
        return
    if is_address(word):
        yield from (Division(place.start(), "") for place in _MARKS.finditer(word))
        yield from (Division(place.start(), "", POOR) for place in _POOR_MARKS.finditer(word))
        return
    patterns = _patterns(tongue(language))
    if patterns is None or any(letter.isdigit() for letter in word) or _whole(word, names):
        return
    for stretch in _LETTERS.finditer(word):
        letters = unicodedata.normalize("NFC", stretch[0]).lower()
        for at in _syllables(letters, patterns.positions(letters)):
            if LEAST_PART <= at <= len(letters) - LEAST_PART:
                joint = compounds.joint(letters, at, tongue(language))
                start = stretch.start() + _decomposed(stretch[0], at)
                yield Division(start, "-", JOINT if joint else SYLLABLE)


def is_address(word: str) -> bool:
    """Whether a word is an address of the web, of mail, or of a file."""
    return _ADDRESS.search(word) is not None


def _whole(word: str, names: Collection[str]) -> bool:
    """Whether a word is an acronym or belongs to a name."""
    letters = word.strip(_EDGES)
    if letters.isupper() and 1 < len(letters) <= _LONGEST_ACRONYM:
        return True
    parts = {part.strip(_EDGES).casefold() for name in names for part in name.split()}
    # A name keeps its place in the genitive too.
    return bool({letters.casefold(), re.sub(r"['’]?s$", "", letters.casefold())} & parts)


def _syllables(letters: str, places: Sequence[int]) -> Iterator[int]:
    """The places without those that would leave a lone consonant: of "Grund-s-tück", the first is right."""
    last = 0
    for at in places:
        if letters[last:at] not in _CONSONANTS:
            yield at
        last = at


def _decomposed(letters: str, at: int) -> int:
    """The place in letters with combining marks of their own that is `at` letters in their composed form."""
    ends = (place for place in range(at, len(letters)) if not unicodedata.combining(letters[place]))
    return next(place for place in ends if len(unicodedata.normalize("NFC", letters[:place])) == at)


@lru_cache(maxsize=16)
def _patterns(language: str) -> Any:
    """The patterns of a language; None for none."""
    name = _DICTIONARIES.get(language)
    if name is None:
        return None
    import pyphen

    return pyphen.Pyphen(lang=name, left=LEAST_PART, right=LEAST_PART)
