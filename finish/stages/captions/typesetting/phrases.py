"""Line ends in scripts without blanks: between the phrases that BudouX finds (Apache-2.0)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from typing import Any, Final

# Chinese and Japanese (Han, kana and their punctuation), and Thai. Korean has blanks, and BudouX has no model
# for Lao, Khmer and Burmese.
_HAN: Final = "\u2e80-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff"
_STRETCH: Final = re.compile(rf"[{_HAN}]+|[\u0e01-\u0e5b]+")
_KANA: Final = re.compile("[\u3041-\u30ff]")
_TRADITIONAL: Final = ("hant", "tw", "hk", "mo")
# Characters that can't start a line, and those that can't end one (JIS X 4051, the classes in captions).
_NOT_FIRST: Final = frozenset(
    "、。，．・：；！？」』）】〕〉》〙〛ー々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ゛゜〜〟…‥～%％ๆฯ"
)
_NOT_LAST: Final = frozenset("「『（【〔〈《〘〚〝＄￥")


def phrase_breaks(text: str, language: str) -> Iterator[int]:
    """The places in a text where a line can end without a blank, ascending."""
    for stretch in _STRETCH.finditer(text):
        phrases = _model(_model_name(stretch[0], language)).parse(stretch[0])
        for at in accumulate(map(len, phrases[:-1]), initial=stretch.start()):
            if (
                at > stretch.start()
                and text[at] not in _NOT_FIRST
                and text[at - 1] not in _NOT_LAST
                and not _is_mark(text[at])
            ):
                yield at


def _is_mark(letter: str) -> bool:
    """Whether a letter is a combining mark."""
    return unicodedata.category(letter).startswith("M")


def unspaced(letter: str) -> bool:
    """Whether a letter is of a script in which phrases are found."""
    return bool(letter) and _STRETCH.match(letter) is not None


def _model_name(stretch: str, language: str) -> str:
    """The model for a stretch of one script.

    The language decides between Chinese and Japanese, else kana do.
    """
    tags = language.lower().split("-")
    if "\u0e01" <= stretch[0] <= "\u0e5b":
        return "thai"
    if tags[0] == "ja" or (tags[0] not in ("zh", "yue") and _KANA.search(stretch)):
        return "japanese"
    return (
        "traditional_chinese"
        if tags[0] == "yue" or any(tag in _TRADITIONAL for tag in tags[1:])
        else "simplified_chinese"
    )


@cache
def _model(name: str) -> Any:
    import budoux

    return getattr(budoux, f"load_default_{name}_parser")()
