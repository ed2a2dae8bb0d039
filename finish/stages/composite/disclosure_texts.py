"""What a disclosure of generated media reads in each language, where the job or the brand has no text of its
own.

House wording for what Regulation (EU) 2024/1689, Article 50 asks: short, and without a claim about how much
is generated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ENGLISH: Final = "AI-generated"
_TEXTS: Final[Mapping[str, str]] = {
    "ar": "مُنشأ بالذكاء الاصطناعي",
    "bg": "Създадено с ИИ",
    "cs": "Vytvořeno pomocí AI",
    "da": "AI-genereret",
    "de": "KI-generiert",
    "el": "Δημιουργήθηκε με ΤΝ",
    "en": _ENGLISH,
    "es": "Generado con IA",
    "et": "Loodud TI abil",
    "fi": "Tekoälyllä luotu",
    "fr": "Généré par IA",
    "hi": "एआई से निर्मित",
    "hr": "Izrađeno pomoću AI-ja",
    "hu": "MI-vel készült",
    "it": "Generato con IA",
    "ja": "AI生成",
    "ko": "AI 생성",
    "lt": "Sukurta DI",
    "lv": "Radīts ar MI",
    "nb": "KI-generert",
    "nl": "AI-gegenereerd",
    "no": "KI-generert",
    "pl": "Wygenerowano przez AI",
    "pt": "Gerado por IA",
    "ro": "Generat cu IA",
    "sk": "Vytvorené pomocou AI",
    "sl": "Ustvarjeno z UI",
    "sv": "AI-genererad",
    "tr": "Yapay zekâ ile üretildi",
    "uk": "Створено ШІ",
    "zh": "AI 生成",
}


def disclosure_text(lang: str) -> str:
    """The text in a language (BCP 47, of which the first subtag counts); English for one without a text."""
    return _TEXTS.get(lang.partition("-")[0].casefold(), _ENGLISH)
