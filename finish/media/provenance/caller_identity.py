"""Who signs: the caller's certificates, and the caller's key or command; from the environment alone.

A job never names a key or a command, because jobs come from others.
"""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from finish.errors import CapabilityError
from finish.model import Document

CERTIFICATE: Final = "FINISH_SIGN_CERTIFICATE"  # a PEM file or its text: the signer's own certificate first
KEY: Final = "FINISH_SIGN_KEY"  # a PEM file or its text, not encrypted
COMMAND: Final = "FINISH_SIGN_COMMAND"  # reads the bytes to sign, and writes the raw signature
_LARGEST: Final = 2**18  # bytes of a PEM file
_BEGIN: Final = "-----BEGIN "


@dataclass(frozen=True)
class SigningKey:
    """What makes signatures: a private key (PEM), or a command with its arguments."""

    key: str = field(default="", repr=False)
    command: tuple[str, ...] = ()


def caller_chain() -> Document | None:
    """The certificates that the caller signs with; None without any, ValueError if they can't be read."""
    stated = os.environ.get(CERTIFICATE, "").strip()
    if not stated:
        return None
    path, text = _pem(stated, CERTIFICATE)
    return Document(path, text.encode())


def caller_key() -> SigningKey:
    """The key or the command of the caller; CapabilityError if there is none, or if it can't be read."""
    command = os.environ.get(COMMAND, "").strip()
    if command:
        try:
            return SigningKey(command=tuple(shlex.split(command)))
        except ValueError as error:
            raise CapabilityError(f"{COMMAND} isn't a command: {error}", "check its quotes") from error
    stated = os.environ.get(KEY, "").strip()
    if not stated:
        message = "there is a certificate to sign with, and no key"
        raise CapabilityError(message, f"set {KEY} or {COMMAND}, or provenance: {{sign: off}}")
    try:
        _, text = _pem(stated, KEY)
    except ValueError as error:
        raise CapabilityError(str(error), "name a PEM file with the private key") from error
    if "ENCRYPTED" in text:
        message = f"{KEY}: the key is encrypted"
        raise CapabilityError(message, f"decrypt it, or set {COMMAND} to a command that signs")
    return SigningKey(text)


def _pem(stated: str, variable: str) -> tuple[Path, str]:
    """The path and the text that a variable states: a PEM file, or its text."""
    if stated.startswith(_BEGIN):
        return Path(variable), stated + "\n"
    path = Path(stated).expanduser()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{variable}: {path} can't be read: {error.strerror}") from error
    if len(data) > _LARGEST or _BEGIN.encode() not in data:
        raise ValueError(f"{variable}: {path} isn't a PEM file")
    return path, data.decode("ascii", "replace")
