"""A store in object storage that machines share, behind the store of a job or a worker.

Names are those in a store's folder. A piece is uploaded only if none has its name: another machine's piece of
that name has the same bytes.
"""

from __future__ import annotations

from pathlib import Path

from finish.storage import download_cache, object_storage


class RemoteStore:
    """The `SharedStore` below an address; FinishError for an address that can't be used.

    The storage's permissions decide who can write there. With a secret in the environment
    (`FINISH_STORE_KEY`), only what was sealed with it is taken; without one, a seal proves only that a piece
    is whole.
    """

    def __init__(self, url: str, secret: bytes) -> None:
        self.url, self.secret = url.rstrip("/"), secret
        object_storage.refuse_unreachable(self.url)

    def take(self, key: str, suffix: str, draft: Path) -> str:
        """See `SharedStore`."""
        pieces = (
            listed
            for listed in object_storage.listed(self._folder(key))
            if listed.name.startswith(f"{key}.") and listed.name.endswith(suffix)
        )
        piece = min(pieces, key=lambda listed: listed.name, default=None)
        if piece is None:
            return ""
        download_cache.fill(draft, piece, [(0, piece.size)])
        return piece.name

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
        """A folder for each key, so that one short list is enough, and S3 serves many folders at once."""
        return f"{self.url}/{key[:2]}/{key}"
