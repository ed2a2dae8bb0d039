"""A packed brand is the same kit in one file; a pack that could harm is refused."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest
from brand_jobs import JOB, KIT, folder, loaded, origins, section

from finish.api.loading import load
from finish.errors import FinishError
from finish.jobspec.brand_loader import read_brand
from finish.jobspec.brand_pack import packed, unpacked
from finish.jobspec.mistakes import Report
from finish.jobspec.spec_tree import Origin
from finish.media.job_files import JobFiles
from finish.stages import STAGES

PACKED_JOB = JOB.replace("kit/brand.yaml", "acme.brand")
GOOD = b"finish brand 1 " + b"0" * 64


def pack(root: Path, kit: str = KIT) -> bytes:
    files, report = JobFiles(folder(root, kit=kit) / "kit"), Report("brand.yaml")
    brand = read_brand("brand.yaml", Origin("brand.yaml", files.root), STAGES, files, report)
    report.settle()
    assert brand is not None
    return packed(brand, files)


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes], comment: bytes = GOOD) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
        archive.comment = comment
    return written.getvalue()


def link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("light.png")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def test_the_same_kit_is_packed_as_the_same_bytes(tmp_path: Path) -> None:
    one, other = pack(tmp_path / "a"), pack(tmp_path / "b")
    assert one == other
    contents, digest = unpacked(one)
    assert set(contents) == {"brand.yaml", "light.png", "dark.png"}
    assert digest == loaded(tmp_path / "c").job.brand


def test_a_job_uses_a_packed_brand_as_its_folder(tmp_path: Path) -> None:
    root = folder(tmp_path / "job", PACKED_JOB)
    (root / "acme.brand").write_bytes(pack(tmp_path / "a"))
    for path in (root / "kit").iterdir():
        path.unlink()
    job = load(root, STAGES)
    assert [name for name, _ in section(job, "composite").logo.variants] == ["light", "dark"]
    assert origins(job)["composite.logo.light"] == ("light.png", "acme.brand:5")
    assert job.job.brand == loaded(tmp_path / "b").job.brand


def test_an_unpacked_file_that_was_changed_is_written_again(tmp_path: Path) -> None:
    root = folder(tmp_path / "job", PACKED_JOB)
    (root / "acme.brand").write_bytes(pack(tmp_path / "a"))
    known = load(root, STAGES).job.brand
    (changed,) = root.glob(".finish/brands/*/dark.png")
    changed.write_bytes(b"other")
    assert load(root, STAGES).job.brand == known


def test_a_kit_with_a_file_outside_of_its_folder_is_not_packed(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    root = folder(tmp_path / "a", kit=KIT.replace("dark.png", "../own.png"))
    (root / "own.png").write_bytes((root / "kit/dark.png").read_bytes())
    files, report = JobFiles(root), Report("brand.yaml")
    brand = read_brand("kit/brand.yaml", Origin("brand.yaml", root), STAGES, files, report)
    assert brand is not None
    with pytest.raises(ValueError, match=r'"own.png" is outside of the brand\'s folder'):
        packed(brand, files)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "isn't a packed brand"),
        (zipped(("brand.yaml", b""), comment=b""), "isn't a packed brand"),
        (zipped(("light.png", b"")), "has no brand.yaml"),
        (zipped(("../brand.yaml", b"")), "can't be in a packed brand"),
        (zipped(("/brand.yaml", b"")), "can't be in a packed brand"),
        (zipped(("a\\..\\brand.yaml", b"")), "can't be in a packed brand"),
        (zipped(("C:brand.yaml", b"")), "can't be in a packed brand"),
        (zipped(("a/", b"")), "can't be in a packed brand"),
        (zipped((link(), b"/etc/passwd")), "can't be in a packed brand"),
        (zipped(("brand.yaml", b""), ("Brand.yaml", b"")), "twice"),
        (zipped(*((f"{at}.txt", b"") for at in range(501))), "too many files"),
        (zipped(("brand.yaml", b"x" * 3000)).replace(b"PK\x01\x02", b"PK\x01\x03"), "damaged"),
    ],
)
def test_a_pack_that_finish_does_not_write_is_refused(tmp_path: Path, data: bytes, says: str) -> None:
    root = folder(tmp_path, PACKED_JOB)
    (root / "acme.brand").write_bytes(data)
    with pytest.raises(FinishError, match=says) as wrong:
        load(root, STAGES)
    assert "job.yaml:2:8  brand: " in str(wrong.value)
    assert not list(root.glob(".finish/brands/*/*"))


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("finish.jobspec.brand_pack.PACK_BYTES", 2**20)
    with pytest.raises(ValueError, match="more than 1 MB"):
        unpacked(zipped(("brand.yaml", b""), ("a", bytes(2**20)), ("b", bytes(2**20))))


def test_a_pack_with_another_kit_than_it_states_is_refused(tmp_path: Path) -> None:
    root = folder(tmp_path, PACKED_JOB)
    (root / "acme.brand").write_bytes(zipped(("brand.yaml", b"name: Acme\n")))
    with pytest.raises(FinishError, match="isn't the kit that it states"):
        load(root, STAGES)


def test_a_link_in_the_job_does_not_lead_the_files_of_a_pack_away(tmp_path: Path) -> None:
    root = folder(tmp_path / "job", PACKED_JOB)
    (tmp_path / "away").mkdir()
    (root / ".finish").symlink_to(tmp_path / "away")
    (root / "acme.brand").write_bytes(pack(tmp_path / "a"))
    with pytest.raises(FinishError, match="leads out of the job folder"):
        load(root, STAGES)
    assert not list((tmp_path / "away").rglob("*"))
