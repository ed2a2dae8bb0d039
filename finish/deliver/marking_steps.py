"""Delivery steps that write what a file states about its origin: metadata, then a signature."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version

from finish.deliver.documents import ManifestEntry
from finish.deliver.signing import signed_copy
from finish.deliver.steps import Draft
from finish.media.provenance.xmp_files import append_to_boxes
from finish.media.provenance.xmp_packet import packet
from finish.storage.cleanup import discard
from finish.storage.digests import digest_file
from finish.storage.publish import draft_beside


@dataclass(frozen=True)
class WriteMetadata:
    """Writes the digital source type as XMP."""

    def __call__(self, draft: Draft, /) -> Draft:
        marking = draft.rendering.planned.programme.marking
        if marking is not None and marking.source_type:
            append_to_boxes(draft.file, packet(marking.source_type, f"finish {version('finish')}"))
        return draft


@dataclass(frozen=True)
class Sign:
    """Signs the file, after everything that changes its bytes.

    A file whose unsigned bytes are those of the `published` one keeps that one's signature.
    """

    published: Mapping[str, ManifestEntry]

    def __call__(self, draft: Draft, /) -> Draft:
        marking = draft.rendering.planned.programme.marking
        if marking is None or marking.claim is None:
            return draft
        if self._is_published(draft):
            shutil.copyfile(draft.target, draft.file)
            return draft
        target = draft_beside(draft.file.parent, draft.target.name)
        try:
            signed_copy(draft.file, target, marking, draft.target.name)
            target.replace(draft.file)
        finally:
            discard(target)
        return draft

    def _is_published(self, draft: Draft) -> bool:
        """Whether the published file is a signed copy of the same bytes."""
        known = self.published.get(draft.rendering.name)
        if known is None or known.unsigned != draft.rendering.unsigned_key or not draft.target.is_file():
            return False
        return digest_file(draft.target) == known.sha256
