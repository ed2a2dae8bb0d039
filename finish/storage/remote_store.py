"""A store in object storage, behind the store of a job or a worker: what one has made, all others take from
there.

Names are as in a store's folder. A piece is put there only where none of its name is: whoever comes second
has made the same bytes.
"""

from __future__ import annotations

from pathlib import Path

from finish.storage import download_cache, object_storage


class RemoteStore:
    """The `SharedStore` below an address; FinishError where that cannot be used.

    Who may write there is for the storage to say. Where the environment gives a secret too
    (`FINISH_STORE_KEY`), only what was sealed with it is taken; with none, a seal proves that a piece is
    whole.
    """

    def __init__(self, url: str, secret: bytes) -> None:
        self.url, self.secret = url.rstrip("/"), secret
        object_storage.refuse_unreachable(self.url)

    def take(self, key: str, suffix: str, draft: Path) -> str:
        """See `SharedStore`."""
        there = (
            each
            for each in object_storage.listed(self._folder(key))
            if each.name.startswith(f"{key}.") and each.name.endswith(suffix)
        )
        found = min(there, key=lambda each: each.name, default=None)
        if found is None:
            return ""
        download_cache.fill(draft, found, [(0, found.size)])
        return found.name

    def keep(self, name: str, piece: Path) -> None:
        """See `SharedStore`."""
        object_storage.put_new(f"{self._folder(name.partition('.')[0])}/{name}", piece)

    def fact(self, key: str) -> bytes | None:
        """See `SharedStore`."""
        return object_storage.get(f"{self._folder(key)}.json")

    def keep_fact(self, key: str, data: bytes) -> None:
        """See `SharedStore`."""
        object_storage.put(f"{self._folder(key)}.json", data)

    def _folder(self, key: str) -> str:
        """A folder for each key: what lies there is found by one short list, and S3 serves many folders at
        once."""
        return f"{self.url}/{key[:2]}/{key}"
