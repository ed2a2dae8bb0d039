"""A packed brand: one file with brand.yaml and every file that it names, and the digest of the kit.

It is a zip file of the same bytes for the same kit. A pack comes from anywhere, so reading it refuses
whatever a pack never has: links, paths out of it, encryption, and more than the limits below.
"""

from __future__ import annotations

import io
import posixpath
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from finish.jobspec.asset_library import AssetLibrary, Files
from finish.jobspec.brand_loader import KIT_FILE
from finish.jobspec.loaded_brand import LoadedBrand
from finish.jobspec.spec_tree import Origin, PlacedText, printable

# House limits, beyond any brand: hours of music, hundreds of fonts.
PACK_BYTES: Final = 512 * 2**20
_FILES: Final = 500
_DIRECTORY_BYTES: Final = 2**20  # of the list of files: 500 of them, with long names
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the first time that a zip file can state
_COMMENT: Final = re.compile(rb"finish brand 1 ([0-9a-f]{16,128})")
_END: Final = struct.Struct("<4s4H2LH")  # the end of central directory record (APPNOTE 6.3.10, 4.3.16)
# What zipfile raises for damage, encryption, and compression that no pack has.
_DAMAGE: Final = (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError, struct.error)
_NAME: Final = re.compile(r"[^\x00-\x1f\x7f\\:]{1,200}")


def packed(brand: LoadedBrand, files: Files) -> bytes:
    """The pack of a brand that was read from `files`.

    ValueError for a file outside of the brand's folder, and for one that is too large.
    """
    folder, library = brand.tree.origin.folder, AssetLibrary(files)
    contents = {KIT_FILE: brand.data}
    for name in brand.names:
        document = library.document(PlacedText(name, Origin("", folder)), "")
        for one in (document, *document.beside):
            contents[_inside(one.path, folder, files)] = one.data
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in sorted(contents.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system, entry.external_attr = 3, (stat.S_IFREG | 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
        archive.comment = f"finish brand 1 {brand.digest}".encode()
    if len(written.getvalue()) > PACK_BYTES:
        raise ValueError(f"the brand has more than {PACK_BYTES >> 20} MB — leave out what jobs don't need")
    return written.getvalue()


def _inside(path: Path, folder: Path, files: Files) -> str:
    """The path of a file in the pack; ValueError for one outside of the brand's folder."""
    real = files.place(".", folder)
    if not path.is_relative_to(real):
        name = printable(path.name, 200)
        raise ValueError(
            f'"{name}" is outside of the brand\'s folder — copy it into {printable(folder.name)}'
        )
    return path.relative_to(real).as_posix()


def unpacked(data: bytes) -> tuple[Mapping[str, bytes], str]:
    """The files of a pack by their paths, and the digest that the pack states for the kit.

    ValueError with what is wrong for anything that `packed` doesn't write.
    """
    _require_small_directory(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            stated = _COMMENT.fullmatch(archive.comment)
            if not stated:
                raise ValueError("the file isn't a packed brand — pack the brand's folder with finish")
            return _contents(archive), stated[1].decode()
    except _DAMAGE as error:
        raise ValueError("the packed brand is damaged — pack it again") from error


def _contents(archive: zipfile.ZipFile) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    folded, left = set[str](), PACK_BYTES
    for entry in archive.infolist():
        name = _safe_name(entry)
        if name.casefold() in folded:
            raise ValueError(f'"{printable(name)}" is in the packed brand twice — pack it again')
        folded.add(name.casefold())
        with archive.open(entry) as file:
            contents[name] = file.read(left + 1)
        left -= len(contents[name])
        if left < 0:
            raise ValueError(f"the packed brand has more than {PACK_BYTES >> 20} MB — make it smaller")
    if KIT_FILE not in contents:
        raise ValueError(f"the packed brand has no {KIT_FILE} — pack the brand's folder with finish")
    return contents


def _safe_name(entry: zipfile.ZipInfo) -> str:
    """The path of an entry; ValueError for a link, a folder, and a path that leads out of the pack."""
    name, kind = entry.filename, stat.S_IFMT(entry.external_attr >> 16)
    plain = _NAME.fullmatch(name) and posixpath.normpath(name) == name and not name.startswith(("/", ".."))
    if not plain or kind not in (0, stat.S_IFREG):
        message = f'"{printable(name, 200)}" can\'t be in a packed brand'
        raise ValueError(f"{message} — a pack has only files, in folders of its own")
    return name


def _require_small_directory(data: bytes) -> None:
    """ValueError for a list of files that would take much memory to read, whatever the files are."""
    tail = data[-(_END.size + 2**16) :]
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise ValueError("the file isn't a packed brand — pack the brand's folder with finish")
    _, _, _, _, count, size, _, _ = _END.unpack_from(tail, at)
    if b"PK\x06\x07" in tail or count > _FILES or size > _DIRECTORY_BYTES:
        raise ValueError(f"the packed brand has too many files — a pack has at most {_FILES}")
