"""An S3 server in this process (moto) that records its requests, for tests of object storage."""

from __future__ import annotations

import logging
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

KEY, SECRET = "AKIAFORTESTSONLY", "a-secret-that-nobody-may-see"


@dataclass
class Buckets:
    """The server: its endpoint, and its requests, such as `GET /raw/clip.mp4`."""

    endpoint: str
    requests: list[str] = field(default_factory=list)

    def environment(self, **more: str) -> dict[str, str]:
        """The environment variables for its use."""
        return {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.endpoint,
            "FINISH_BUCKETS": "raw, store,out",
            **more,
        }

    def count(self, words: str) -> int:
        """How many requests start with this text."""
        return sum(request.startswith(words) for request in self.requests)


@contextmanager
def serving() -> Iterator[Buckets]:
    """A server with the empty buckets raw, store, out, and other."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    buckets = Buckets(f"http://{host}:{port}")
    for name in ("raw", "store", "out", "other"):
        urllib.request.urlopen(urllib.request.Request(f"{buckets.endpoint}/{name}", method="PUT")).close()
    inner = server._server.app  # type: ignore[union-attr]

    def listening(environ: Any, start: Any) -> Any:
        buckets.requests.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        return inner(environ, start)

    server._server.app = listening  # type: ignore[union-attr]
    try:
        yield buckets
    finally:
        server.stop()
