"""Uploads to object storage, after the files are in `out/`: each file whole, the manifest last."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from finish.deliver.documents import VERSION
from finish.deliver.manifest import MANIFEST
from finish.deliver.outcome import Outcome
from finish.deliver.steps import Draft
from finish.errors import DiskError, FinishError, PathError
from finish.storage import object_storage, seal
from finish.storage.digests import digest_file
from finish.storage.download_cache import origin
from finish.storage.lease import alone
from finish.storage.publish import listed_in, manifest, published, write_whole
from finish.storage.untrusted_notes import held

_TRIES: Final = 20  # times that another process may be faster with the manifest


class Upload:
    """The delivery step for a job's `deliver`; does nothing for an empty address.

    Threads may use it at once; it must be closed. `notes` is the folder that records what was uploaded.
    """

    def __init__(self, url: str, out: Path, notes: Path, cancel: threading.Event) -> None:
        self._url, self._out, self._path, self._cancel = url.rstrip("/"), out, notes / "sent.json", cancel
        self._sent: set[str] = set()
        self._noting = threading.Lock()
        self._noted: dict[str, tuple[str, str]] = {}
        if url:
            # If the record is missing or damaged, everything is uploaded again.
            with suppress(OSError, ValueError, TypeError, AttributeError, RecursionError):
                data = seal.opened(seal.own(), MANIFEST, held(self._path) or b"") or b"{}"
                self._noted = {at: (str(of), str(tag)) for at, (of, tag) in json.loads(data).items()}

    def refuse(self, clips: Iterable[Path]) -> None:
        """FinishError, before work begins, for an unusable address or one that the `clips` come from."""
        if not self._url:
            return
        object_storage.refuse_unreachable(self._url)
        for clip in filter(None, map(origin, clips)):
            if clip.url.startswith(f"{self._url}/"):
                hint = "deliver to another folder, or state the clips more precisely"
                raise PathError(f"the clip {clip.url} is in the folder that results are delivered to", hint)

    def __call__(self, draft: Draft, /) -> Draft:
        """The last step of a delivery: upload the published files."""
        self._send_all(draft.outcome)
        return draft

    def sent(self, outcome: Outcome) -> Outcome:
        """The outcome of an earlier run after its files are uploaded, with the error if that fails."""
        try:
            self._send_all(outcome)
        except FinishError as error:
            return replace(outcome, error=error)
        return outcome

    def _send_all(self, outcome: Outcome) -> None:
        """Upload the files of a published deliverable that differ from those in object storage."""
        if not self._url or outcome.path is None or outcome.exit_code:
            return
        try:
            # The video last: once it can be seen, its sidecars are there. Its digest is known.
            digests = {**{path: digest_file(path) for path in outcome.beside}, outcome.path: outcome.digest}
            if not all(self._is_uploaded(path, of) for path, of in digests.items()):
                with alone(f"{self._url}/.finish/{outcome.name}.lock", self._cancel):
                    for path, of in digests.items():
                        self._send(path, of)
        except OSError as error:
            message = f"{outcome.path.name} can't be uploaded: {error.strerror}"
            raise DiskError(message, "run again") from error
        self._sent.add(outcome.name)

    def _is_uploaded(self, file: Path, of: str) -> bool:
        """Whether a file with the digest `of` was uploaded, and its object is unchanged since."""
        noted = self._noted.get(self._at(file))
        if noted is None or noted[0] != of:
            return False
        try:
            return object_storage.head(self._at(file)).tag == noted[1]
        except PathError:
            return False

    def _send(self, file: Path, of: str) -> None:
        """Upload a file with the digest `of`."""
        object_storage.put(self._at(file), file)
        sent, size = object_storage.head(self._at(file)), file.stat().st_size
        if sent.size != size:
            raise DiskError(f"{sent.url} has {sent.size} bytes, but {file.name} has {size}", "run again")
        with self._noting:
            self._noted[self._at(file)] = (of, sent.tag)

    def _at(self, file: Path) -> str:
        return f"{self._url}/{file.name}"

    def close(self) -> None:
        """Add what was uploaded to the manifest in object storage, and record it for the next run."""
        if not self._sent:
            return
        entries = published(self._out)
        self._add({name: entries[name] for name in sorted(self._sent) if name in entries})
        noted = json.dumps(self._noted, indent=1, ensure_ascii=False, sort_keys=True).encode()
        write_whole(self._path, seal.closed(seal.own(), MANIFEST, noted))

    def _add(self, entries: dict[str, Any]) -> None:
        """Add entries to the manifest in object storage; tried again if it changes meanwhile."""
        url = f"{self._url}/{MANIFEST}"
        for _ in range(_TRIES):
            current, data = _now(url)
            content = manifest({**listed_in(data or b""), **entries}, {"version": VERSION})
            if content == data or (
                object_storage.exchange(current, content) if current else object_storage.put_new(url, content)
            ):
                return
        raise DiskError(f"{url} kept changing while it was being updated", "run again")


def _now(url: str) -> tuple[object_storage.Object | None, bytes | None]:
    """An object and its content. The head comes first: if it changes in between, `exchange` sees that."""
    try:
        return object_storage.head(url), object_storage.get(url)
    except PathError:
        return None, None
