"""The kinds of files that can be read, and the kind of a file that can't be read, by its first bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from finish.media.containers.mp4_boxes import coded

READ: Final = (
    "finish reads MP4, MOV, MKV, WebM, AVI, MXF, MPEG-TS, MPEG-PS, WMV, FLV, OGG and NUT, "
    "GIF, APNG and animated WebP, WAV, MP3, AAC and FLAC, and numbered pictures: PNG, JPEG and TIFF"
)
_STILL: Final = "a clip needs numbered pictures (source: {pictures: media/shot.%04d.png, rate: 24})"
_CONVERT: Final = "convert it to MP4 or MOV"
# The offset and bytes with which a format begins, from its own specification; its name, and what to do.
_MAGIC: Final = (
    (0, b"\x89PNG\r\n\x1a\n", "a PNG picture", _STILL),
    (0, b"\xff\xd8\xff", "a JPEG picture", _STILL),
    (0, b"II*\0", "a TIFF or camera raw picture", _STILL),
    (0, b"MM\0*", "a TIFF or camera raw picture", _STILL),
    (8, b"WEBP", "a WebP picture", _STILL),
    (0, b"BM", "a BMP picture", _STILL),
    (0, b"8BPS", "a Photoshop picture", _STILL),
    (0, b"\xff\x0a", "a JPEG XL picture", _STILL),
    (4, b"JXL ", "a JPEG XL picture", _STILL),
    (4, b"jP  ", "a JPEG 2000 picture", _STILL),
    (0, b"v/1\x01", "an OpenEXR picture", _STILL),
    (0, b"SDPX", "a DPX picture", _STILL),
    (0, b"XPDS", "a DPX picture", _STILL),
    (4, b"RED1", "REDCODE raw (R3D)", "export ProRes or MP4 from REDCINE-X or an editor"),
    (4, b"RED2", "REDCODE raw (R3D)", "export ProRes or MP4 from REDCINE-X or an editor"),
    (0, b"ARRI", "ARRIRAW", "export ProRes or MP4 from an editor"),
    (0, b".RMF", "RealMedia", _CONVERT),
    (0, b"FWS", "Flash", _CONVERT),
    (0, b"CWS", "Flash", _CONVERT),
    (0, b"DKIF", "IVF", _CONVERT),
    (0, b"YUV4MPEG2", "raw Y4M", _CONVERT),
    (0, b"\0\0\0\x01", "a raw video stream without a container", _CONVERT),
    (0, b"FORM", "AIFF sound", "convert it to WAV"),
    (0, b"caff", "CAF sound", "convert it to WAV"),
    (0, b"#!AMR", "AMR sound", "convert it to WAV"),
    (0, b"MThd", "MIDI", "export WAV"),
    (0, b"#EXTM3U", "a playlist (HLS)", "name the clip itself"),
    (0, b"ffconcat", "a list of files", "name the clip itself"),
    (0, b"PK\3\4", "a ZIP archive", "unpack it"),
    (0, b"Rar!", "a RAR archive", "unpack it"),
    (0, b"7z\xbc\xaf", "a 7-Zip archive", "unpack it"),
    (0, b"%PDF", "a PDF", "name a clip"),
    (0, b"\x1f\x8b", "a gzip archive", "unpack it"),
    (0, b"<", "text (XML or HTML)", "name a clip"),
)
# Formats that are read: a file that begins as one and can't be read is damaged.
_OURS: Final = (
    (4, b"ftyp", "MP4 or MOV"),
    (4, b"moov", "MP4 or MOV"),
    (4, b"mdat", "MP4 or MOV"),
    (0, b"\x1a\x45\xdf\xa3", "MKV or WebM"),
    (8, b"AVI ", "AVI"),
    (8, b"WAVE", "WAV"),
    (0, b"OggS", "OGG"),
    (0, b"FLV", "FLV"),
    (0, b"\x30\x26\xb2\x75", "WMV"),
    (0, b"GIF8", "GIF"),
    (0, b"\0\0\x01\xba", "MPEG-PS"),
    (0, b"G", "MPEG-TS"),
    (0, b"\x06\x0e\x2b\x34", "MXF"),
    (0, b"fLaC", "FLAC"),
    (0, b"nut/multimedia container", "NUT"),
    (0, b"ID3", "MP3"),
)
# By the first two letters of a sample description: brvn, brst, brxq …
_CODED: Final = {b"br": ("Blackmagic RAW", "export ProRes or MP4 from DaVinci Resolve")}
# ISO/IEC 23008-12 (HEIF) and the AVIF specification: brands of single pictures and their collections.
_PICTURES: Final = {
    b"heic": "an HEIC",
    b"heix": "an HEIC",
    b"heim": "an HEIC",
    b"heis": "an HEIC",
    b"mif1": "an HEIF",
    b"avif": "an AVIF",
    b"crx ": "a camera raw (CR3)",
}


def still(path: Path) -> tuple[str, str] | None:
    """The name of a still picture that a reader of clips would open, and what to do; None for other files."""
    head = _head(path)
    if head[4:8] == b"ftyp" and head[8:12] in _PICTURES:
        return f"{_PICTURES[head[8:12]]} picture", "export it as PNG or JPEG"
    return None


def undecodable(path: Path) -> tuple[str, str] | None:
    """The name of the clip's codec if no decoder exists for it, and what to do; None for other codecs."""
    return next((_CODED[codec[:2]] for codec in coded(path) if codec[:2] in _CODED), None)


def unreadable(path: Path) -> tuple[str, str]:
    """What a file that can't be opened is, by its first bytes, and what to do."""
    head = _head(path)
    name, hint = next(
        ((name, hint) for at, magic, name, hint in _MAGIC if head[at : at + len(magic)] == magic), ("", "")
    )
    if name:
        return f"it is {name}", f"{hint}; {READ}"
    ours = next((name for at, magic, name in _OURS if head[at : at + len(magic)] == magic), "")
    return (
        (f"it starts like {ours}, but its structure is damaged", "copy or export it again")
        if ours
        else ("its format is unknown", READ)
    )


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(32)
