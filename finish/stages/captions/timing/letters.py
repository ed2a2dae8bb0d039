"""How two words compare by their letters."""

from __future__ import annotations

import unicodedata


def plain_letters(text: str) -> str:
    """Letters and digits in lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if letter.isalnum())


def edit_distance(one: str, other: str) -> int:
    """Levenshtein's: how many letters to insert, delete or replace."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        last, row[0] = row[0], at
        for place, counterpart in enumerate(other, 1):
            substituted = last + (letter != counterpart)
            last, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, substituted)
    return row[-1]
