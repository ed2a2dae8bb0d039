"""Content Credentials: what the C2PA manifests of a file state, and whether their signatures are valid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

# Whether a manifest store can be believed. "untrusted" is a valid signature whose certificate is on no list
# of trusted ones: the file is as it was signed. "invalid": a signature or a hash doesn't match. "damaged":
# the store can't be read. "remote": the file names a server that has its store, which isn't fetched.
# "unread": the file may have a store, and the package that reads it isn't installed.
CredentialState = Literal["trusted", "untrusted", "invalid", "damaged", "remote", "unread"]
# States in which the file is as it was signed.
INTACT: Final = ("trusted", "untrusted")


@dataclass(frozen=True)
class ManifestIngredient:
    """A file that a signed one was made of: its title, its part ("parentOf", "componentOf", "inputTo"), and
    the label of its own manifest ("" without one).

    `problems` are C2PA's codes of what was wrong with it when it was added.
    """

    title: str
    relationship: str
    manifest: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class SignedManifest:
    """One manifest of a store.

    `generator` is the program that made it, `signer` the name on the certificate, and `time` the time of a
    trusted time stamp ("" without one). `actions` and `source_types` are codes, without `c2pa.` and without
    IPTC's address. `watermarked` says that it states an invisible watermark.
    """

    label: str
    title: str = ""
    generator: str = ""
    signer: str = ""
    time: str = ""
    actions: tuple[str, ...] = ()
    source_types: tuple[str, ...] = ()
    ingredients: tuple[ManifestIngredient, ...] = ()
    watermarked: bool = False


@dataclass(frozen=True)
class Credentials:
    """The manifest store of a file: its state, what is wrong as C2PA's codes or a text, and its manifests.

    The active manifest is the first one.
    """

    state: CredentialState
    problems: tuple[str, ...] = ()
    manifests: tuple[SignedManifest, ...] = ()

    @property
    def intact(self) -> bool:
        """Whether the file is as it was signed, whoever signed it."""
        return self.state in INTACT

    @property
    def active(self) -> SignedManifest | None:
        """The manifest of the file itself."""
        return self.manifests[0] if self.manifests else None

    @property
    def source_types(self) -> tuple[str, ...]:
        """The digital source types that the file and its ingredients state, each once, the file's own
        first."""
        return tuple(dict.fromkeys(kind for manifest in self.manifests for kind in manifest.source_types))
