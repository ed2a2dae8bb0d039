"""Finished files on their way into object storage: after they stand in `out/`, each whole, the manifest last."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from finish.effects import objects
from finish.effects.lease import alone
from finish.effects.probe import digest_file
from finish.effects.publish import published, write_whole
from finish.engine.outcome import Outcome
from finish.errors import FinishError

MANIFEST: Final = "manifest.json"
_SLOWEST: Final = 10**6     # bytes/s; house: a lock for the upload of 1 GB is held for a quarter of an hour at most
_LEAST: Final = 120.0       # s
_TRIES: Final = 20          # times that somebody else may be faster with the manifest


class Sending:
    """What a job's `deliver` asks for; nothing where it is empty. Threads may send at once; it must be closed."""

    def __init__(self, url: str, out: Path, notes: Path) -> None:
        self._url, self._out, self._path = url.rstrip("/"), out, notes / "sent.json"
        self._sent: set[str] = set()
        self._noting = threading.Lock()
        self._noted: dict[str, list[str]] = {}
        if url:
            with suppress(OSError, ValueError):
                said = json.loads(self._path.read_bytes())
                self._noted = said if isinstance(said, dict) else {}

    def refuse_unreachable(self) -> None:
        """FinishError before anything is made that could not be sent."""
        if self._url:
            objects.refuse_unreachable(self._url)

    def sent(self, outcome: Outcome) -> Outcome:
        """The outcome, its files sent; with the error where they could not be."""
        if not self._url or outcome.path is None or outcome.exit_code:
            return outcome
        files = [*outcome.beside, outcome.path]     # the picture last: where it is seen, what belongs to it is there
        try:
            wanted = {each: digest_file(each) for each in files}
            if not all(self._stands(each, of) for each, of in wanted.items()):
                seconds = _LEAST + sum(each.stat().st_size for each in files) / _SLOWEST
                with alone(f"{self._url}/.finish/{outcome.name}.lock", seconds):
                    for each, of in wanted.items():
                        self._send(each, of)
        except FinishError as wrong:
            return replace(outcome, error=wrong)
        except OSError as gone:
            return replace(outcome, error=FinishError("disk", f"{outcome.path.name} cannot be sent: {gone.strerror}", "run again"))
        self._sent.add(outcome.name)
        return outcome

    def _stands(self, file: Path, of: str) -> bool:
        """Whether a file lies there as it was sent from here."""
        noted = self._noted.get(self._at(file))
        if noted is None or noted[0] != of:
            return False
        try:
            return objects.head(self._at(file)).tag == noted[1]
        except FinishError as wrong:
            if wrong.code == "path":
                return False
            raise

    def _send(self, file: Path, of: str) -> None:
        objects.put(self._at(file), file)
        found = objects.head(self._at(file))
        if found.size != file.stat().st_size:
            raise FinishError("disk", f"{found.url} has {found.size} bytes, and {file.name} {file.stat().st_size}", "run again")
        with self._noting:
            self._noted[self._at(file)] = [of, found.tag]

    def _at(self, file: Path) -> str:
        return f"{self._url}/{file.name}"

    def close(self) -> None:
        """Add what was sent to the manifest there, and note what is there now."""
        if not self._sent:
            return
        here = published(self._out)
        self._add({name: here[name] for name in sorted(self._sent) if name in here})
        write_whole(self._path, json.dumps(self._noted, indent=1, ensure_ascii=False, sort_keys=True).encode())

    def _add(self, entries: dict[str, Any]) -> None:
        """As `write_manifest` does in a folder; who was faster is read again."""
        url = f"{self._url}/{MANIFEST}"
        for _ in range(_TRIES):
            found = objects.head(url) if (data := objects.get(url)) is not None else None
            listed = {**_listed(data), **entries}
            text = json.dumps({"deliverables": listed}, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
            content = text.encode(errors="backslashreplace")
            if content == data or (objects.exchange(found, content) if found else objects.put_new(url, content)):
                return
        raise FinishError("disk", f"{url} is written by others all the time", "run again")


def _listed(data: bytes | None) -> dict[str, Any]:
    try:
        known = json.loads(data or b"{}")
    except (ValueError, RecursionError):
        return {}
    listed = known.get("deliverables") if isinstance(known, dict) else None
    return listed if isinstance(listed, dict) else {}
