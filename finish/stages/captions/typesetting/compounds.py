"""The joints of compounds, where they divide best: after a suffix with a linking letter, before a noun."""

from __future__ import annotations

import re
from typing import Final

# Suffixes that are followed by another part of a compound; in German, also "s" after a
# consonant, unless the next part could start with it ("st", "sp", "sch").
_LINKS: Final = {
    "da": re.compile(r"(?:ings|heds|skabs|tions|tets)"),
    "de": re.compile(r"(?:heit|keit|schaft|tät|tum|[^aeiouyäöüs])s(?![tpc])"),
    "sv": re.compile(r"(?:ings|hets|skaps|tions|tets)"),
}
# Nouns with which many compounds end or go on; house list of nouns of at least four letters that no suffix
# or inflection starts with.
_HEADS: Final = {
    "de": "abend abteilung "
    "adresse analyse angebot anlage anschluss antrag apparat arbeit arzt aufgabe aufnahme "
    "aufsicht ausbildung ausschuss ausstellung auswahl automat bahn bank baum bedarf behandlung behörde "
    "beitrag berater beratung bereich bericht beruf bescheid beschränkung betrag betreuung betrieb "
    "bewegung bewertung bild brief brücke buch bühne büro computer dampf dienst direktor dorf druck ebene "
    "einheit einkommen eltern energie entscheidung entwicklung erfahrung ergebnis erklärung fabrik fahrer "
    "fahrrad fahrt fahrzeug familie farbe fenster fest film firma fläche flasche flug flughafen folge "
    "förderung form forschung frage freiheit führung garten gebäude gebiet gebühr gefahr gegend gemeinde "
    "genehmigung gerät gericht geschäft geschichte geschwindigkeit gesellschaft gesetz gespräch "
    "gesundheit gewicht glas gruppe grundstück haftpflicht halle haltestelle handel handlung haus hilfe "
    "hotel industrie information inhaber kammer kapitän karte kasse katalog kauf kiste klasse klinik "
    "kosten kraft kraftwerk krankenhaus kunde kunst küche lager land leben lehrer leistung leiter leitung "
    "lieferung linie liste lösung maschine maßnahme meister minister ministerium mittel möglichkeit motor "
    "museum nachricht nutzung ordnung partner pflicht plan platz politik polizei praxis preis problem "
    "produkt programm projekt prozess prüfung rahmen raum rechnung recht regelung reise richtung sache "
    "saison schaden schiff schifffahrt schlüssel schule schutz sendung sicherheit spiel sprache stadt "
    "stelle steuer straße strom stunde system tafel tasche technik telefon termin thema tisch titel "
    "treppe übertragung überwachung unternehmen unterricht unterstützung verband verbindung verein "
    "verfahren verkehr verordnung versicherung versorgung vertrag vertreter verwaltung wagen wahl wasser "
    "wechsel wert werk werkzeug wetter wirkung wirtschaft wissenschaft woche wohnung zahl zeit zeitung "
    "zentrum zimmer zone zustand"
}


def joint(word: str, at: int, language: str) -> bool:
    """Whether a word in lower case is probably a compound with a joint after `at` letters."""
    link, heads = _LINKS.get(language), _PATTERNS.get(language)
    return bool((link and _ends_at(link, word, at)) or (heads and heads.match(word, at)))


def _ends_at(pattern: re.Pattern[str], word: str, at: int) -> bool:
    return any(match.end() == at for match in pattern.finditer(word))


_PATTERNS: Final = {language: re.compile("|".join(nouns.split())) for language, nouns in _HEADS.items()}
