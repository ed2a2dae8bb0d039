"""Finished files on their way into object storage: after they stand in `out/`, each whole, the manifest last."""

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

_TRIES: Final = 20  # times that somebody else may be faster with the manifest


class Upload:
    """What a job's `deliver` asks for; nothing where it is empty. Threads may send at once; it must be closed."""

    def __init__(self, url: str, out: Path, notes: Path, cancel: threading.Event) -> None:
        self._url, self._out, self._path, self._cancel = url.rstrip("/"), out, notes / "sent.json", cancel
        self._sent: set[str] = set()
        self._noting = threading.Lock()
        self._noted: dict[str, tuple[str, str]] = {}
        if url:
            with suppress(
                OSError, ValueError, TypeError, AttributeError, RecursionError
            ):  # none yet, or harmed: all is sent anew
                data = seal.opened(seal.own(), MANIFEST, held(self._path) or b"") or b"{}"
                self._noted = {at: (str(of), str(tag)) for at, (of, tag) in json.loads(data).items()}

    def refuse(self, clips: Iterable[Path]) -> None:
        """FinishError before anything is made that could not be sent, or would lie among the `clips` that it is made of."""
        if not self._url:
            return
        object_storage.refuse_unreachable(self._url)
        for found in filter(None, map(origin, clips)):
            if found.url.startswith(f"{self._url}/"):
                hint = "deliver to another folder, or state the clips more precisely"
                raise PathError(f"the clip {found.url} is in the folder that results are delivered to", hint)

    def __call__(self, draft: Draft, /) -> Draft:
        """The last step of a delivery: send the published files."""
        self._send_all(draft.outcome)
        return draft

    def sent(self, outcome: Outcome) -> Outcome:
        """The outcome of an earlier run, its files sent; with the error where they could not be."""
        try:
            self._send_all(outcome)
        except FinishError as error:
            return replace(outcome, error=error)
        return outcome

    def _send_all(self, outcome: Outcome) -> None:
        """Send the files of a published deliverable that are not there as they are here."""
        if not self._url or outcome.path is None or outcome.exit_code:
            return
        try:
            # The picture last: where it is seen, what belongs to it is there. Its digest is known.
            digests = {**{path: digest_file(path) for path in outcome.beside}, outcome.path: outcome.digest}
            if not all(self._stands(path, of) for path, of in digests.items()):
                with alone(f"{self._url}/.finish/{outcome.name}.lock", self._cancel):
                    for path, of in digests.items():
                        self._send(path, of)
        except OSError as error:
            message = f"{outcome.path.name} can't be uploaded: {error.strerror}"
            raise DiskError(message, "run again") from error
        self._sent.add(outcome.name)

    def _stands(self, file: Path, of: str) -> bool:
        """Whether a file lies there as it was sent from here."""
        noted = self._noted.get(self._at(file))
        if noted is None or noted[0] != of:
            return False
        try:
            return object_storage.head(self._at(file)).tag == noted[1]
        except PathError:
            return False

    def _send(self, file: Path, of: str) -> None:
        object_storage.put(self._at(file), file)
        found = object_storage.head(self._at(file))
        if found.size != file.stat().st_size:
            raise DiskError(
                f"{found.url} has {found.size} bytes, but {file.name} has {file.stat().st_size}", "run again"
            )
        with self._noting:
            self._noted[self._at(file)] = (of, found.tag)

    def _at(self, file: Path) -> str:
        return f"{self._url}/{file.name}"

    def close(self) -> None:
        """Add what was sent to the manifest there, and note what is there now."""
        if not self._sent:
            return
        here = published(self._out)
        self._add({name: here[name] for name in sorted(self._sent) if name in here})
        noted = json.dumps(self._noted, indent=1, ensure_ascii=False, sort_keys=True).encode()
        write_whole(self._path, seal.closed(seal.own(), MANIFEST, noted))

    def _add(self, entries: dict[str, Any]) -> None:
        """As `write_manifest` does in a folder; who was faster is read again."""
        url = f"{self._url}/{MANIFEST}"
        for _ in range(_TRIES):
            found, data = _now(url)
            content = manifest({**listed_in(data or b""), **entries}, {"version": VERSION})
            if content == data or (
                object_storage.exchange(found, content) if found else object_storage.put_new(url, content)
            ):
                return
        raise DiskError(f"{url} kept changing while it was being updated", "run again")


def _now(url: str) -> tuple[object_storage.Object | None, bytes | None]:
    """An object and what it says: looked at before it is read, so that what changes in between is another when it is exchanged."""
    try:
        return object_storage.head(url), object_storage.get(url)
    except PathError:
        return None, None
