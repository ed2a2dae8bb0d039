"""Object storage (`s3://bucket/key`) through obstore; no other module reaches it, and FFmpeg never does.

Credentials come from the environment alone, and are never printed. Addresses in a job aren't trusted: only
buckets that FINISH_BUCKETS allows get requests.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

from finish.errors import CapabilityError, DiskError, FinishError, MediaError, PathError
from finish.storage.file_patterns import LOOKED_AT, tame

SCHEME: Final = "s3://"
RANGE: Final = 16 * 2**20  # bytes of one request; house: few requests, and a retry repeats little
_PART: Final = 8 * 2**20  # bytes of a part of an upload; S3 takes 10,000 parts of at least 5 MiB: 84 GB
# Amazon S3 User Guide, "General purpose bucket naming rules"
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_KEYS: Final = (
    ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    ("AWS_WEB_IDENTITY_TOKEN_FILE",),
    ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI",),
    ("AWS_SKIP_SIGNATURE",),
)
_RETRIES: Final = 4
_AT_ONCE: Final = 4  # parts of one upload
_TIMEOUTS: Final = ("10s", "300s")  # to connect, and for one request: 4 parts of 8 MB at 1 Mb/s


class MissingObjectError(PathError):
    """No object has this address."""


@dataclass(frozen=True)
class Object:
    """An object's address, size (bytes), entity tag (differs for other content) and time (ns, epoch)."""

    url: str
    size: int
    tag: str
    changed: int

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]


def is_object(name: str) -> bool:
    """Whether a name is an object storage address."""
    return name.startswith(SCHEME)


def head(url: str) -> Object:
    """The object's facts; MissingObjectError if there is none."""
    with _connected(url) as api:
        return _object(url, api.head(*_place(url)))


def listed(prefix: str) -> tuple[Object, ...]:
    """All objects below an address; PathError for more than `LOOKED_AT`."""
    bucket = SCHEME + _parted(prefix)[0]
    with _connected(prefix) as api:
        client, key = _place(prefix, folder=True)
        objects = tuple(islice(chain.from_iterable(api.list(client, key or None)), LOOKED_AT + 1))
    if len(objects) > LOOKED_AT:
        raise PathError(f"{tame(prefix)} holds more than {LOOKED_AT:,} objects", "use a more specific folder")
    return tuple(_object(f"{bucket}/{listed['path']}", listed) for listed in objects)


def read(of: Object, start: int, end: int) -> bytes:
    """A range of bytes of an object; MediaError if the object changed since `of` was read."""
    with _connected(of.url) as api:
        same = {"if_match": of.tag} if of.tag else {}  # a server without tags can't compare
        response = api.get(*_place(of.url), options={"range": (start, end), **same})
        data = bytes(response.bytes())
    if len(data) != end - start:
        raise DiskError(f"{tame(of.url)}: received {len(data):,} of {end - start:,} bytes", "run again")
    return data


def get(url: str) -> bytes | None:
    """The content of a small object; None if there is none."""
    try:
        with _connected(url) as api:
            return bytes(api.get(*_place(url)).bytes())
    except PathError:
        return None


def put(url: str, content: Path | bytes) -> None:
    """Replace an object with a file or bytes, atomically; large ones in parallel parts."""
    with _connected(url) as api:
        api.put(*_place(url), content, chunk_size=_PART, max_concurrency=_AT_ONCE)


def put_new(url: str, content: Path | bytes) -> bool:
    """Create an object if there is none; whether it was created. Of concurrent callers one succeeds."""
    with _connected(url) as api:
        try:
            api.put(*_place(url), content, mode="create", use_multipart=False)
        except api.exceptions.AlreadyExistsError:
            return False
    return True


def exchange(old: Object, content: bytes) -> bool:
    """Replace an object if it is unchanged since it was read; whether it was."""
    with _connected(old.url) as api:
        try:
            api.put(*_place(old.url), content, mode={"e_tag": old.tag}, use_multipart=False)
        except api.exceptions.PreconditionError:
            return False
    return True


def remove(url: str) -> None:
    """Delete an object if there is one."""
    with _connected(url) as api:
        api.delete(*_place(url))


def refuse_unreachable(url: str) -> None:
    """FinishError for an unusable address, without a request."""
    with _connected(url):
        _place(url, folder=True)


def _object(url: str, meta: Any) -> Object:
    """An object with its time in whole seconds: some servers give fractions in lists but not in heads."""
    return Object(
        url, int(meta["size"]), str(meta["e_tag"] or ""), int(meta["last_modified"].timestamp()) * 10**9
    )


def _parted(url: str) -> tuple[str, str]:
    """Bucket and key. The message doesn't repeat a wrong address, which may contain a password."""
    bucket, _, key = url.removeprefix(SCHEME).partition("/")
    if not is_object(url) or not _BUCKET.fullmatch(bucket):
        hint = "write s3://BUCKET/NAME, and put credentials in the environment"
        raise PathError("not an address in object storage", hint)
    return bucket, key


def _place(url: str, *, folder: bool = False) -> tuple[Any, str]:
    """The client for an address, and its key."""
    bucket, key = _parted(url)
    allowed = [name.strip() for name in os.environ.get("FINISH_BUCKETS", "").split(",") if name.strip()]
    if bucket not in allowed:
        hint = f"if you trust the job, run: export FINISH_BUCKETS={','.join([*allowed, bucket])}"
        raise PathError(f"the bucket {bucket} isn't allowed", hint)
    if not key.rstrip("/") and not folder:
        raise PathError(f"{tame(url)} has no object name", "write s3://BUCKET/NAME")
    if any(part in ("", ".", "..") for part in key.rstrip("/").split("/")) and key.rstrip("/"):
        raise PathError(
            f"{tame(url)} isn't a valid object name",
            "separate names with one slash, and don't use a name of dots alone",
        )
    return _client(
        bucket, tuple(sorted((name, value) for name, value in os.environ.items() if name.startswith("AWS_")))
    ), key.rstrip("/")


@cache
def _client(bucket: str, variables: tuple[tuple[str, str], ...]) -> Any:
    """A client for the environment's AWS_ `variables`: obstore reads them itself; they key the cache."""
    from obstore.store import S3Store

    env = dict(variables)
    if not any(all(env.get(name) for name in names) for names in _KEYS):
        hint = "export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        raise CapabilityError("no credentials for object storage in the environment", hint)
    endpoint = env.get("AWS_ENDPOINT_URL")
    if endpoint is not None and not re.fullmatch(r"https?://[!-~]+", endpoint):
        raise CapabilityError(
            "AWS_ENDPOINT_URL isn't a URL", "set it to https://HOST, or unset it to use Amazon S3"
        )
    plain = bool(endpoint) and str(endpoint).startswith("http://")
    checked: Any = {"aws_checksum_algorithm": "SHA256"}  # the server checks each upload
    options: Any = {"allow_http": plain, "connect_timeout": _TIMEOUTS[0], "timeout": _TIMEOUTS[1]}
    return S3Store(bucket, config=checked, client_options=options, retry_config={"max_retries": _RETRIES})


@contextmanager
def _connected(url: str) -> Iterator[Any]:
    """obstore, with its errors as FinishErrors. Its own messages aren't shown: they may contain secrets."""
    try:
        import obstore

        yield obstore
    except ImportError as error:
        raise CapabilityError("object storage needs obstore", "run: pip install 'finish[storage]'") from error
    except FinishError:
        raise
    except BaseException as error:
        # obstore's PanicException isn't an Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise _clear(url, error) from None


def _clear(url: str, error: BaseException) -> FinishError:
    """An error of obstore's as one that says what to do."""
    text = str(error)
    code = re.search(r"<Code>(\w+)</Code>", text) or re.search(r"status code: (\d+ ?[A-Za-z ]*)", text)
    reason = code[1].strip() if code else ""
    kind, address = type(error).__name__, tame(url)
    if reason == "NoSuchBucket":
        return PathError(f"no such bucket: {address}", "check its name, AWS_ENDPOINT_URL and AWS_REGION")
    if isinstance(error, FileNotFoundError) or kind == "NotFoundError":
        return MissingObjectError(f"no such object: {address}", "list the bucket: names are case-sensitive")
    if kind == "PreconditionError":
        return MediaError(f"{address} changed while it was read", "run again")
    if kind in ("PermissionDeniedError", "UnauthenticatedError") or reason in (
        "AccessDenied",
        "403 Forbidden",
    ):
        return PathError(
            f"access denied: {address}{f' ({reason})' if reason else ''}",
            "check AWS_ACCESS_KEY_ID and its permissions",
        )
    if kind in ("InvalidPathError", "ValueError", "UnknownConfigurationKeyError", "PanicException"):
        hint = "check AWS_ENDPOINT_URL and the address: no empty parts, no control characters"
        return PathError(f"can't use {address}", hint)
    hint = "check AWS_ENDPOINT_URL, AWS_REGION and the network, and run again"
    return DiskError(f"object storage doesn't respond for {address}{f' ({reason})' if reason else ''}", hint)
