"""Texts that are drawn: how settings mark them, and whether they fit where they are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pydantic import GetJsonSchemaHandler

# The key of a text map that names a row of `strings/{lang}.csv`; every other key is a language.
KEY: Final = "key"


class DrawnText:
    """Marks a setting as text that is drawn: a job can state it by language, or as a key of string tables.

    Stages see the text of their deliverable's language.
    """

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Text, or a map of texts by language."""
        plain = handler(schema)
        texts = {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}}
        return {"anyOf": [plain, texts]}


DRAWN: Final = DrawnText()


@dataclass(frozen=True)
class TextFit:
    """The room of a text at `path` in a section: `room` characters that are as wide as its own on average.

    `problem` and `hint` say why it can't be drawn; "" if it can.
    """

    path: tuple[str | int, ...]
    room: int
    problem: str = ""
    hint: str = ""
