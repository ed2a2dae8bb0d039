"""What was made here and what was brought along: a seal that only this user can set, or whoever was given the
same secret.

A job folder comes from anywhere, and with it a store, a manifest and notes. What they hold is believed where
its seal is right, and is otherwise as good as absent: it is made, measured or fetched again.
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
from finish.storage import platform

NAME: Final = "FINISH_STORE_KEY"
_LEAST: Final = (
    16  # characters of a secret that is given; house: what people make up is worth less than its length
)
_BESIDE: Final = frozenset(("seal", "versions"))  # what is put into an entry by whoever writes it down
_BYTES: Final = 32  # RFC 2104 §3: as long as the hash


def own() -> bytes:
    """The secret of this user: `FINISH_STORE_KEY`, else one created on this machine at first use."""
    return given() or _kept(folder() / "store.key")


def given() -> bytes:
    """The secret from the environment, shared by all who share a store; empty if there is none."""
    said = os.environ.get(NAME, "")
    if said and len(said) < _LEAST:
        raise SpecError(
            f"{NAME} is shorter than {_LEAST} characters",
            "use a longer one, such as the output of `openssl rand -hex 32`",
        )
    return sha256(said.encode(errors="surrogateescape")).digest() if said else b""


def folder() -> Path:
    """This user's folder of settings on this machine."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or home() / ".config") / "finish"


def home() -> Path:
    """This user's home; a folder that cannot be made for one who has none, as in a container."""
    found = os.path.expanduser("~")
    return Path(found if os.path.isabs(found) else "/nonexistent")


def kept() -> str:
    """Where the secret comes from, as text; "" for a secret of this process alone, whose seals no other
    run trusts."""
    if given():
        return f"{NAME} in the environment"
    file = folder() / "store.key"
    own()
    return (
        f"secret in {file}"
        if _read(file)
        else "derived from this machine and user, because the home folder can't hold a secret"
        if _machine()
        else ""
    )


def seal(secret: bytes, *parts: str | bytes) -> str:
    """The seal of `parts`, as 64 hexadecimal digits. Lengths are part of it, so none can lend letters to
    its neighbour."""
    mac = hmac.new(secret, digestmod=sha256)
    for part in parts:
        data = part.encode(errors="surrogatepass") if isinstance(part, str) else part
        mac.update(len(data).to_bytes(8, "big"))
        mac.update(data)
    return mac.hexdigest()


def right(found: object, wanted: str) -> bool:
    """Whether two seals are equal, compared in constant time."""
    return isinstance(found, str) and hmac.compare_digest(found.encode(errors="replace"), wanted.encode())


def closed(secret: bytes, name: str, data: bytes) -> bytes:
    """Data, preceded by its seal."""
    return seal(secret, name, data).encode() + b"\n" + data


def opened(secret: bytes, name: str, data: bytes) -> bytes | None:
    """Sealed data without its seal; None if the seal is wrong."""
    found, _, inner = data.partition(b"\n")
    return inner if right(found.decode("ascii", "replace"), seal(secret, name, inner)) else None


def signed(secret: bytes, name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of a JSON file with its seal."""
    return {**entry, "seal": _of(secret, name, entry)}


def believed(secret: bytes, name: str, entry: Mapping[str, Any]) -> bool:
    """Whether an entry has a valid seal."""
    return right(entry.get("seal"), _of(secret, name, entry))


def _of(secret: bytes, name: str, entry: Mapping[str, Any]) -> str:
    said = json.dumps({key: value for key, value in entry.items() if key not in _BESIDE}, sort_keys=True)
    return seal(secret, name, said)


@cache
def _kept(path: Path) -> bytes:
    """The secret in a file of this user's alone, made where there is none. Where none can be kept, as
    without a home folder, it is made of what others don't know of this machine, and where that is not
    known either it is good for this process."""
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.with_suffix(".lock").open("ab") as held:
            platform.lock(held.fileno())  # of several who make one at once, one does
            if not _read(path):  # none yet, or harmed
                draft = path.with_name(f".{secrets.token_hex(6)}.key")
                draft.touch(mode=0o600)
                draft.write_bytes(secrets.token_bytes(_BYTES))
                draft.replace(path)
    return _read(path) or _machine() or secrets.token_bytes(_BYTES)


def _machine() -> bytes:
    """Of this machine and user: its id is "confidential, and must not be exposed" (machine-id(5)), so it
    is not used as it is."""
    known = platform.machine_id()
    return hmac.digest(known, f"finish store {platform.user_id()}".encode(), "sha256") if known else b""


def _read(path: Path) -> bytes:
    with suppress(OSError):
        data = path.read_bytes()
        return data if len(data) == _BYTES else b""
    return b""
