"""Plans the disclosure: the digital source type of the programme, from the job or from its clips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from finish.model import Analyser, Ask, Delivery, Note, Programme, Promise, Source, Tolerance, file_facts
from finish.model.marking import Marking
from finish.stages.disclosure import messages
from finish.stages.disclosure.disclosure_rules import platform_rule
from finish.stages.disclosure.disclosure_settings import DisclosureSettings

GENERATED: Final = "trainedAlgorithmicMedia"
MIXED: Final = "compositeWithTrainedAlgorithmicMedia"
# Of these, at least a part is made by generative AI (IPTC's definitions).
_OF_GENERATORS: Final = frozenset({GENERATED, MIXED, "compositeSynthetic"})
_STANDARD: Final = "IPTC Photo Metadata 2025.1"


def questions(_settings: DisclosureSettings) -> tuple[Analyser[Any], ...]:
    """None: what a clip states is part of its facts."""
    return ()


def plan(settings: DisclosureSettings, programme: Programme, delivery: Delivery, _ask: Ask) -> Programme:
    """The programme with the digital source type that its file will state."""
    sources = programme.sources
    inherited = inherited_type(sources)
    stated = _stated(settings, inherited)
    planned = programme.add_notes(
        *credential_notes(sources), *_notes(settings, inherited, sources), *_upload_notes(stated, delivery)
    )
    if not stated:
        return planned
    promise = Promise(
        "digital source type", file_facts.source_type, Tolerance(exactly=stated), source=_STANDARD
    )
    marking = replace(planned.marking or Marking(), source_type=stated)
    return replace(planned, marking=marking).add_promises(promise)


def inherited_type(sources: Sequence[Source]) -> str:
    """The type of a programme of these clips: "" if none states that it's generated.

    Generated ones and others together are a composite; so is a generated clip that was one already.
    """
    kinds = [generated_type(source) for source in sources]
    if not any(kinds):
        return ""
    return GENERATED if set(kinds) == {GENERATED} else MIXED


def generated_type(source: Source) -> str:
    """How much of a clip is generated, by what it states: all, a part, or ""."""
    stated = source.extras.stated_types
    generated = [kind for kind in stated if kind in _OF_GENERATORS]
    if not generated:
        return ""
    return GENERATED if generated[0] == GENERATED == stated[0] else MIXED


def _stated(settings: DisclosureSettings, inherited: str) -> str:
    if settings.source_type == "none":
        return ""
    return inherited if settings.source_type == "auto" else settings.source_type


def credential_notes(sources: Sequence[Source]) -> Iterator[Note]:
    """A note about each clip whose credentials can't be believed or read."""
    for source in sources:
        credentials, name = source.extras.credentials, source.path.name
        if credentials is None:
            continue
        if credentials.state in ("invalid", "damaged"):
            yield messages.credentials_broken(name, "; ".join(credentials.problems[:2]))
        elif credentials.state == "remote":
            yield messages.credentials_remote(name)
        elif credentials.state == "unread":
            yield messages.credentials_unread(name)
        if any(manifest.watermarked for manifest in credentials.manifests):
            yield messages.watermarked(name)


def _notes(settings: DisclosureSettings, inherited: str, sources: Sequence[Source]) -> Iterator[Note]:
    generated = [source.path.name for source in sources if generated_type(source)]
    if settings.source_type == "auto":
        if inherited:
            yield messages.inherited(inherited, generated[0], len(generated) - 1)
        return
    if settings.source_type == "none":
        yield messages.nothing_disclosed(settings.reason)
    elif generated and settings.source_type not in _OF_GENERATORS:
        yield messages.contradicted(settings.source_type, inherited, generated[0])


def _upload_notes(stated: str, delivery: Delivery) -> Iterator[Note]:
    rule = platform_rule(delivery.preset) if stated in _OF_GENERATORS else None
    if rule:
        yield messages.upload(rule)
