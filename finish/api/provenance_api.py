"""Content Credentials from Python: those of a file, and whether a certificate can sign."""

from __future__ import annotations

from pathlib import Path

from finish.deliver.certificate_check import lacks
from finish.errors import CapabilityError, PathError
from finish.media.provenance.caller_identity import CERTIFICATE, KEY, caller_chain, caller_key
from finish.media.provenance.credentials_reader import read_credentials
from finish.media.provenance.xmp_files import xmp_in
from finish.media.provenance.xmp_packet import source_types
from finish.model.credentials import Credentials


def credentials(file: str | Path) -> Credentials | None:
    """The Content Credentials of a media file or a picture, validated; None if it has none.

    Nothing is fetched from the network. PathError for a file that can't be read. Needs finish[provenance]:
    without it, the state of signed files is "unread".
    """
    return read_credentials(_readable(file))


def stated_source_types(file: str | Path) -> tuple[str, ...]:
    """The digital source types (IPTC's codes) in the XMP metadata of an MP4, MOV, JPEG or PNG file."""
    return source_types(xmp_in(_readable(file)))


def certificate_problems() -> tuple[str, ...]:
    """What the caller's certificate and key lack to sign Content Credentials; () for nothing.

    CapabilityError if there is no certificate, or if it can't be read.
    """
    try:
        chain = caller_chain()
    except ValueError as error:
        raise CapabilityError(str(error), "name a PEM file") from error
    if chain is None:
        raise CapabilityError("there is no certificate to check", f"set {CERTIFICATE} and {KEY}")
    return lacks(chain.data, caller_key().key.encode())


def _readable(file: str | Path) -> Path:
    path = Path(file)
    if not path.is_file():
        raise PathError(f"No such file: {path}", "name a media file")
    return path
