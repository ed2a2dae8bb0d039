"""Object storage against an S3 server: all or nothing, one winner, no secret ever shown."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from buckets import SECRET, Buckets, serving
from hypothesis import given
from hypothesis import strategies as st

from finish.cluster import byte_ranges, partial_fetch
from finish.errors import FinishError, Interrupted
from finish.media.job_files import JobFiles
from finish.storage import download_cache, lease, object_storage
from finish.storage.file_patterns import fits
from finish.storage.remote_store import RemoteStore
from finish.storage.store import Store

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def server() -> Iterator[Buckets]:
    with serving() as found:
        yield found


@pytest.fixture
def buckets(server: Buckets, monkeypatch: pytest.MonkeyPatch) -> Buckets:
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    server.requests.clear()
    return server


def wrong(url: str) -> str:
    with pytest.raises(FinishError) as raised:
        object_storage.head(url)
    return f"{raised.value.code}: {raised.value}"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("s3://", "an address in object storage"),
        ("s3:///x", "an address in object storage"),
        ("s3://UPPER/x", "an address in object storage"),
        ("s3://raw", "has no object name"),
        (
            f"s3://key:{SECRET}@raw/x",
            "an address in object storage — write s3://BUCKET/NAME, and put credentials in the environment",
        ),
        ("s3://other/x", "the bucket other isn't allowed"),
        ("s3://raw/../x", "isn't a valid object name"),
        ("s3://raw//x", "isn't a valid object name"),
        ("s3://raw/none.mp4", "path: no such object: s3://raw/none.mp4"),
        ("s3://raw/a\nb", "can't use s3://raw/a\\nb"),
    ],
)
def test_what_cannot_be_used_is_one_clear_error(buckets: Buckets, url: str, says: str) -> None:
    assert says in wrong(url) and SECRET not in wrong(url)


def test_credentials_come_from_the_environment_and_are_never_shown(
    buckets: Buckets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_storage, "_RETRIES", 0)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://user:{SECRET}@127.0.0.1:9")
    message = wrong("s3://raw/x")
    assert message.startswith("disk: object storage doesn't respond for s3://raw/x") and SECRET not in message
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "no credentials for object storage in the environment" in wrong("s3://raw/x")
    assert "isn't allowed" in wrong("s3://other/x")


def test_a_bucket_that_is_not_there_is_told(buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINISH_BUCKETS", "nowhere")
    with pytest.raises(FinishError, match="no such bucket: s3://nowhere/x"):
        object_storage.put("s3://nowhere/x", b"")


def test_large_ones_go_in_parts_and_come_in_ranges(buckets: Buckets, tmp_path: Path) -> None:
    data = os.urandom(40_000_003)
    (tmp_path / "film").write_bytes(data)
    object_storage.put("s3://raw/large/film 'a' [1] %d.mp4", tmp_path / "film")
    assert buckets.count("POST /raw/large/") == 2 and buckets.count("PUT /raw/large/") == 5
    found = object_storage.head("s3://raw/large/film 'a' [1] %d.mp4")
    copy = download_cache.fetched(download_cache.noted(tmp_path, found))
    assert (
        copy.read_bytes() == data
        and copy.stat().st_mtime_ns == found.changed
        and copy.name == "film 'a' [1] %d.mp4"
    )
    assert buckets.count("GET /raw/large/") == 3
    assert (
        download_cache.fetched(download_cache.noted(tmp_path, found)) == copy
        and buckets.count("GET /raw/large/") == 3
    ), "it is there"
    assert [path.name for path in copy.parent.iterdir() if path.name.startswith(".")] == []


def test_what_changed_meanwhile_is_neither_old_nor_new(buckets: Buckets, tmp_path: Path) -> None:
    object_storage.put("s3://raw/changing.mp4", b"old" * 10)
    path = download_cache.noted(tmp_path, object_storage.head("s3://raw/changing.mp4"))
    object_storage.put("s3://raw/changing.mp4", b"new" * 10)
    with pytest.raises(FinishError, match=r"changing\.mp4 changed while it was read"):
        download_cache.fetched(path)
    assert [each.name for each in path.parent.iterdir()] == ["object.json"]


def test_of_many_who_put_at_once_one_wins(buckets: Buckets) -> None:
    with ThreadPoolExecutor(8) as pool:
        won = list(
            pool.map(
                lambda number: object_storage.put_new("s3://store/once", str(number).encode()), range(16)
            )
        )
    assert sum(won) == 1 and object_storage.get("s3://store/once") == str(won.index(True)).encode()
    found = object_storage.head("s3://store/once")
    assert (
        object_storage.exchange(found, b"next")
        and not object_storage.exchange(found, b"lost")
        and object_storage.get("s3://store/once") == b"next"
    )


def test_what_the_environment_says_wrongly_is_told(buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> None:
    for endpoint in ("", "nonsense x", "ftp://x"):
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        assert "AWS_ENDPOINT_URL isn't a URL" in wrong("s3://raw/x")
    monkeypatch.setenv("AWS_ENDPOINT_URL", buckets.endpoint)
    monkeypatch.setenv("AWS_REGION", "\n")
    assert "can't use" in wrong("s3://raw/x")


@pytest.mark.parametrize(
    "note",
    [
        b"{}",
        b"[" * 100_000,
        b'{"url": "s3://raw/x", "size": 1e999, "tag": "", "changed": 0}',
        b'{"url": "s3://raw/x", "size": -1, "tag": "", "changed": 0}',
        b'{"url": "s3://raw/x", "size": 1, "tag": "", "changed": 1' + b"0" * 30 + b"}",
    ],
)
def test_a_note_that_lies_is_none(tmp_path: Path, note: bytes) -> None:
    path = download_cache.place(tmp_path, "s3://raw/x")
    path.parent.mkdir(parents=True)
    path.with_name("object.json").write_bytes(note)
    assert download_cache.origin(path) is None


def test_a_note_that_is_a_pipe_or_a_link_is_none(tmp_path: Path) -> None:
    path = download_cache.place(tmp_path, "s3://raw/x")
    path.parent.mkdir(parents=True)
    os.mkfifo(path.with_name("object.json"))
    assert download_cache.origin(path) is None
    path.with_name("object.json").unlink()
    path.with_name("object.json").symlink_to("/dev/zero")
    assert download_cache.origin(path) is None


def test_a_copy_that_another_run_has_made_stays(buckets: Buckets, tmp_path: Path) -> None:
    object_storage.put("s3://raw/shared.mp4", os.urandom(1_000_000))
    path = download_cache.noted(tmp_path, object_storage.head("s3://raw/shared.mp4"))
    buckets.requests.clear()
    with ThreadPoolExecutor(4) as pool:
        states = {each.stat().st_ino for each in pool.map(lambda _: download_cache.fetched(path), range(4))}
    assert len(states) == 1 and buckets.count("GET") == 1
    cancel = threading.Event()
    cancel.set()
    path.unlink()
    with pytest.raises(Interrupted, match="stopped"):
        download_cache.fetched(path, cancel)


@pytest.mark.parametrize("brought", ["the copy", "a note too"])
def test_a_copy_that_a_folder_has_brought_along_is_fetched_anew(
    buckets: Buckets, tmp_path: Path, brought: str
) -> None:
    """Size and time are easily forged to match; the object's own bytes count."""
    object_storage.put("s3://raw/own.mp4", b"own" * 100)
    found = object_storage.head("s3://raw/own.mp4")
    path = download_cache.fetched(download_cache.noted(tmp_path, found))
    if brought == "the copy":
        path.write_bytes(b"bad" * 100)
        note = path.with_name("object.json").read_bytes()
    else:
        path.unlink()
        path.write_bytes(b"bad" * 100)
        note = json.dumps(
            {**dataclasses.asdict(found), "copy": [path.stat().st_ino], "seal": "0" * 64}
        ).encode()
    download_cache.stamped(path, found)
    path.with_name("object.json").write_bytes(note)
    assert download_cache.fetched(download_cache.noted(tmp_path, found)).read_bytes() == b"own" * 100


def test_what_was_put_on_a_shelf_without_the_secret_is_not_taken(buckets: Buckets, tmp_path: Path) -> None:
    for theirs, ours, taken in (
        (b"", b"", True),
        (b"", b"s" * 32, False),
        (b"t" * 32, b"s" * 32, False),
        (b"s" * 32, b"s" * 32, True),
    ):
        key = hashlib.sha256(theirs + b"|" + ours).hexdigest()
        one, two = (
            Store(
                tmp_path / f"{key}-{at}",
                shared=RemoteStore("s3://store/sealed", secret),
                secret=bytes([at]) * 32,
            )
            for at, secret in enumerate((theirs, ours), 1)
        )
        draft = one.draft(".mp4")
        draft.write_bytes(b"piece")
        one.keep(key, draft)
        one.keep_fact(key, b"{}")
        assert (two.piece(key, ".mp4") is not None, two.fact(key) is not None) == (taken, taken)


def test_what_a_machine_had_before_comes_on_the_shelf_too(buckets: Buckets, tmp_path: Path) -> None:
    alone = Store(tmp_path / "one")
    draft, key = alone.draft(".mp4"), "12" * 32
    draft.write_bytes(b"piece")
    piece = alone.keep(key, draft)
    alone.keep_fact(key, b"{}")
    store, other = (
        Store(tmp_path / name, shared=RemoteStore("s3://store/late", b"")) for name in ("one", "two")
    )
    assert other.piece(key, ".mp4") is None and other.fact(key) is None
    for _ in range(2):
        store.offer(piece)
        store.offer_fact(key)
    assert other.piece(key, ".mp4") is not None and other.fact(key) == b"{}"


def test_a_copy_of_the_same_bytes_put_there_later_is_another(tmp_path: Path) -> None:
    found = object_storage.Object("s3://raw/x.mp4", 1, "tag", 10**9)
    kept = partial_fetch.PartialCopies(tmp_path)
    with kept.of(found) as one, kept.of(replace(found, changed=2 * 10**9)) as two, kept.of(found) as again:
        assert one is again and one is not two


def test_a_lock_is_held_by_one_and_left_by_the_dead(
    buckets: Buckets, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside: list[str] = []

    def work(name: str) -> None:
        with lease.alone("s3://out/x.lock", threading.Event()):
            inside.append(name)
            time.sleep(0.3)
            inside.append(name)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for each in threads:
        each.start()
    for thread in threads:
        thread.join(20)
    assert "".join(inside) in ("aabb", "bbaa") and object_storage.get("s3://out/x.lock") is None
    monkeypatch.setattr(lease, "_SKEW", 0.0)
    monkeypatch.setattr(lease, "LEASE", 0.8)
    with lease.alone("s3://out/x.lock", threading.Event()):
        time.sleep(1.2)  # renewed in the meantime
        never = threading.Event()
        with (
            pytest.raises(FinishError, match=r"x\.lock is locked by .*, process \d+"),
            lease.alone("s3://out/x.lock", never, wait=0),
        ):
            pass
        stopped = threading.Event()
        stopped.set()
        with pytest.raises(Interrupted, match="stopped"), lease.alone("s3://out/x.lock", stopped):
            pass
    lease._take("s3://out/x.lock", "token", threading.Event(), time.monotonic())  # killed during it
    # Its own lease, whose answer was lost.
    lease._take("s3://out/x.lock", "token", threading.Event(), time.monotonic())
    work("c")
    assert inside[-1] == "c" and object_storage.get("s3://out/x.lock") is None


def test_a_store_behind_stores(buckets: Buckets, tmp_path: Path) -> None:
    one, two = (
        Store(tmp_path / name, shared=RemoteStore("s3://store/shared/", b"")) for name in ("one", "two")
    )
    draft = one.draft(".mp4")
    draft.write_bytes(b"piece")
    key = "ab" * 32
    kept = one.keep(key, draft)
    one.keep_fact(key, b'{"a": 1}')
    taken = two.piece(key, ".mp4")
    assert (
        taken and taken.name == kept.name and taken.read_bytes() == b"piece" and two.fact(key) == b'{"a": 1}'
    )
    buckets.requests.clear()
    assert two.piece(key, ".mp4") == taken and two.fact(key) == b'{"a": 1}' and buckets.requests == [], (
        "it is here now"
    )
    assert (
        two.piece("cd" * 32, ".mp4") is None
        and two.piece(key, ".mov") is None
        and two.fact("cd" * 32) is None
    )
    object_storage.put(f"s3://store/shared/ef/{'ef' * 32}/{'ef' * 32}.{'00' * 32}.mp4", b"rotten")
    assert two.piece("ef" * 32, ".mp4") is None
    assert two.alone().shared is None


def test_a_job_s_files_may_lie_there(buckets: Buckets, tmp_path: Path) -> None:
    for name in ("clip2.mp4", "clip10.mp4", "deep/er.mp4", ".hidden.mp4", "notes.txt"):
        object_storage.put(f"s3://raw/job/{name}", name.encode())
    object_storage.put("s3://raw/job/mark.mp4", b"")
    folder = JobFiles(tmp_path)
    assert list(folder.match("s3://raw/job/*.mp4", tmp_path)) == [
        "s3://raw/job/clip2.mp4",
        "s3://raw/job/clip10.mp4",
    ]
    assert len(folder.match("s3://raw/job/**/*.mp4", tmp_path)) == 3
    assert folder.document("s3://raw/job/notes.txt", tmp_path).data == b"notes.txt"
    assert folder.has("s3://raw/job/notes.txt", tmp_path) and not folder.has("s3://raw/job/none", tmp_path)
    where = folder.find("s3://raw/job/clip2.mp4", tmp_path)
    assert (
        not where.exists()
        and where.is_relative_to(tmp_path / ".finish" / "media")
        and where.name == "clip2.mp4"
    )
    for name in ("s3://raw/none", "s3://other/x", "s3://raw/job/zz*"):
        with pytest.raises(ValueError, match=r"s3://raw/none|isn't allowed|no file matches"):
            folder.match(name, tmp_path) if "*" in name else folder.find(name, tmp_path)
    with pytest.MonkeyPatch.context() as without:
        without.delenv("AWS_SECRET_ACCESS_KEY")
        with pytest.raises(FinishError, match="no credentials"):  # no mistake in the job
            folder.find("s3://raw/job/clip2.mp4", tmp_path)
    other = tmp_path / "job"
    other.mkdir()
    (other / ".finish").symlink_to(tmp_path)
    with pytest.raises(ValueError, match="is outside the job folder"):
        JobFiles(other).find("s3://raw/job/clip2.mp4", other)


@pytest.mark.parametrize(
    ("pattern", "name", "is_meant"),
    [
        ("s3://b/*.mp4", "s3://b/a.mp4", True),
        ("s3://b/*.mp4", "s3://b/c/a.mp4", False),
        ("s3://b/**/*.mp4", "s3://b/c/d/a.mp4", True),
        ("s3://b/**", "s3://b/c/a", True),
        ("s3://b/*", "s3://b/.a", False),
        ("s3://b/.*", "s3://b/.a", True),
        ("s3://b/?", "s3://b//", False),
        ("s3://b/**/x", "s3://b/.h/x", False),
        ("s3://b/*/x", "s3://b/x", False),
        ("s3://b/[ab]", "s3://b/b", True),
    ],
)
def test_patterns_mean_names_as_they_mean_files(pattern: str, name: str, is_meant: bool) -> None:
    assert fits(name, pattern) is is_meant


RANGES = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (min(pair), max(pair))), max_size=8
)


@given(RANGES, RANGES, st.integers(0, 5))
def test_ranges_are_sets_of_bytes(
    wanted: list[tuple[int, int]], there: list[tuple[int, int]], gap: int
) -> None:
    def covered(ranges: list[tuple[int, int]]) -> set[int]:
        return {at for start, end in ranges for at in range(start, end)}

    whole = byte_ranges.joined(there)
    assert covered(whole) == covered(there) and whole == sorted(whole)
    assert covered(byte_ranges.without(byte_ranges.joined(wanted), whole)) == covered(wanted) - covered(there)
    near = byte_ranges.joined(wanted, gap)
    assert covered(near) >= covered(wanted) and all(
        after[0] - before[1] > gap for before, after in pairwise(near)
    )
