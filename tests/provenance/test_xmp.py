"""XMP: what is written is read again, by our reader; what strangers write is read in bounds."""

from __future__ import annotations

import struct
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finish.media.provenance.xmp_files import append_to_boxes, with_xmp_in_jpeg, with_xmp_in_png, xmp_in
from finish.media.provenance.xmp_packet import LARGEST, packet, source_types

GENERATED = "trainedAlgorithmicMedia"
PACKET = packet(GENERATED, "finish 1")


def test_a_packet_states_one_type() -> None:
    assert source_types(PACKET) == (GENERATED,)
    assert source_types(packet('a"<&>b', "x")) == ('a"<&>b',)


@pytest.mark.parametrize(
    "text",
    [
        '<r:Description xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
        "<i:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
        "</i:DigitalSourceType></r:Description>",
        '<r:Description xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
        '<i:DigitalSourcetype r:resource="http://cv.iptc.org/newscodes/digitalsourcetype/'
        'trainedAlgorithmicMedia"/></r:Description>',
    ],
)
def test_the_forms_of_other_programs_are_read(text: str) -> None:
    assert source_types(f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{text}</x:xmpmeta>".encode()) == (GENERATED,)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<x:xmpmeta",
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + PACKET,
        PACKET + b" " * LARGEST,
        PACKET.replace(b"DigitalSourceType", b"Other"),
        b"\xff\xfe" + PACKET[:-40],
    ],
)
def test_other_data_states_nothing(data: bytes) -> None:
    assert source_types(data) == ()


@given(st.binary(max_size=400))
def test_no_bytes_stop_the_reader(data: bytes) -> None:
    source_types(data)
    with tempfile.TemporaryDirectory() as place:
        for head in (b"", b"\xff\xd8\xff\xe1", b"\x89PNG\r\n\x1a\n", b"\0\0\0\x18ftypisom\0\0\0\0isomiso2"):
            path = Path(place) / "file"
            path.write_bytes(head + data)
            xmp_in(path)


def test_a_box_is_the_last_and_moves_nothing(tmp_path: Path) -> None:
    film = tmp_path / "a.mp4"
    before = struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 512, b"isom") + struct.pack(">I4s", 8, b"mdat")
    film.write_bytes(before)
    append_to_boxes(film, PACKET)
    assert film.read_bytes().startswith(before) and xmp_in(film) == PACKET


def test_jpeg_and_png_carry_the_packet(tmp_path: Path) -> None:
    jpeg = b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + bytes(9) + b"\xff\xda\0\2\xff\xd9"
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 13, b"IHDR") + bytes(17) + b"\0\0\0\0IEND\xaeB`\x82"
    for name, data in (("a.jpg", with_xmp_in_jpeg(jpeg, PACKET)), ("a.png", with_xmp_in_png(png, PACKET))):
        (tmp_path / name).write_bytes(data)
        assert xmp_in(tmp_path / name) == PACKET
    assert with_xmp_in_jpeg(jpeg, PACKET).startswith(jpeg[:20])
    with pytest.raises(ValueError, match="too long"):
        with_xmp_in_jpeg(jpeg, bytes(65_600))
