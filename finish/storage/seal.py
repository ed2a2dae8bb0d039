"""Seals tell what was made here from what was brought along: only this user, or others with the same secret,
can set one.

A job folder may come from anywhere, and with it a store, a manifest and notes. What they hold is believed if
its seal is right. Otherwise it counts as absent: it is rendered, measured or fetched again.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from finish.errors import SpecError
from finish.storage import platform, user_folders

NAME: Final = "FINISH_STORE_KEY"
_SHORTEST: Final = 16  # characters of a secret from the environment; house
_UNSEALED: Final = frozenset(("seal", "versions"))  # keys that are added to an entry when it is written
_BYTES: Final = 32  # RFC 2104 §3: as long as the hash


def own() -> bytes:
    """This user's secret: from `FINISH_STORE_KEY`, or created on this machine at first use."""
    return given() or _kept(_key_file())


def given() -> bytes:
    """The secret from the environment, the same for all who share a store; empty if there is none."""
    text = os.environ.get(NAME, "")
    if text and len(text) < _SHORTEST:
        raise SpecError(
            f"{NAME} is shorter than {_SHORTEST} characters",
            "use a longer one, such as the output of `openssl rand -hex 32`",
        )
    return sha256(text.encode(errors="surrogateescape")).digest() if text else b""


def kept() -> str:
    """Where the secret comes from, in words.

    Empty for a secret of this process alone, whose seals no other run believes.
    """
    if given():
        return f"{NAME} in the environment"
    own()
    if _read(_key_file()):
        return f"secret in {_key_file()}"
    if _machine():
        return "derived from this machine and user, because the home folder can't hold a secret"
    return ""


def seal(secret: bytes, *parts: str | bytes) -> str:
    """The seal of `parts`, as 64 hexadecimal digits.

    It covers the length of each part, so that no letter can move from one part to the next.
    """
    mac = hmac.new(secret, digestmod=sha256)
    for part in parts:
        data = part.encode(errors="surrogatepass") if isinstance(part, str) else part
        mac.update(len(data).to_bytes(8, "big"))
        mac.update(data)
    return mac.hexdigest()


def right(stated: object, expected: str) -> bool:
    """Whether two seals are equal, compared in constant time."""
    return isinstance(stated, str) and hmac.compare_digest(stated.encode(errors="replace"), expected.encode())


def closed(secret: bytes, name: str, data: bytes) -> bytes:
    """Data, preceded by its seal."""
    return seal(secret, name, data).encode() + b"\n" + data


def opened(secret: bytes, name: str, data: bytes) -> bytes | None:
    """Sealed data without its seal; None if the seal is wrong."""
    stated, _, content = data.partition(b"\n")
    return content if right(stated.decode("ascii", "replace"), seal(secret, name, content)) else None


def signed(secret: bytes, name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of a JSON file with its seal."""
    return {**entry, "seal": _seal_of(secret, name, entry)}


def believed(secret: bytes, name: str, entry: Mapping[str, Any]) -> bool:
    """Whether an entry has a valid seal."""
    return right(entry.get("seal"), _seal_of(secret, name, entry))


def _seal_of(secret: bytes, name: str, entry: Mapping[str, Any]) -> str:
    sealed = {key: value for key, value in entry.items() if key not in _UNSEALED}
    return seal(secret, name, json.dumps(sealed, sort_keys=True))


def _key_file() -> Path:
    return user_folders.settings() / "store.key"


@cache
def _kept(path: Path) -> bytes:
    """The secret in a file that only this user can read, created if missing.

    Where no file can be kept, for example without a home folder, the secret is derived from what others don't
    know of this machine; where that isn't known either, it lasts as long as this process.
    """
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.with_suffix(".lock").open("ab") as lock_file:
            platform.lock(lock_file.fileno())  # of several processes that start at once, one creates it
            if not _read(path):  # missing or damaged
                draft = path.with_name(f".{secrets.token_hex(6)}.key")
                draft.touch(mode=0o600)
                draft.write_bytes(secrets.token_bytes(_BYTES))
                draft.replace(path)
    return _read(path) or _machine() or secrets.token_bytes(_BYTES)


def _machine() -> bytes:
    """A secret derived from the machine's id and the user.

    The id "is confidential, and must not be exposed" (machine-id(5)), so it isn't used itself.
    """
    known = platform.machine_id()
    return hmac.digest(known, f"finish store {platform.user_id()}".encode(), "sha256") if known else b""


def _read(path: Path) -> bytes:
    """The secret in a file; empty if there is none."""
    with suppress(OSError):
        data = path.read_bytes()
        return data if len(data) == _BYTES else b""
    return b""
