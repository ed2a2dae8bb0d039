"""XMP packets: the digital source type that a file states, written and read as text. Pure.

The property is `Iptc4xmpExt:DigitalSourceType` (IPTC Photo Metadata Standard 2025.1, "Digital Source Type");
the packet is that of ISO 16684-1.
"""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

IPTC_CODES: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_EXTENSION: Final = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NAMES: Final = ("DigitalSourceType", "DigitalSourcetype")  # the second as Adobe's schemas spell it
LARGEST: Final = 2**20  # bytes: a packet of a stranger that is larger isn't read

_HEAD: Final = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
_TAIL: Final = '<?xpacket end="r"?>'


def packet(source_type: str, tool: str) -> bytes:
    """A read-only packet that states a digital source type (IPTC's code without its address) and the tool."""
    return (
        f'{_HEAD}\n<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        f' <rdf:RDF xmlns:rdf="{_RDF}">\n'
        f'  <rdf:Description rdf:about="" xmlns:Iptc4xmpExt="{_EXTENSION}"\n'
        f'    xmlns:xmp="http://ns.adobe.com/xap/1.0/"\n'
        f"    Iptc4xmpExt:DigitalSourceType={quoteattr(IPTC_CODES + source_type)}\n"
        f"    xmp:CreatorTool={quoteattr(tool)}/>\n"
        f" </rdf:RDF>\n</x:xmpmeta>\n{_TAIL}"
    ).encode()


def source_types(data: bytes) -> tuple[str, ...]:
    """The digital source types that a packet states, without IPTC's address; () if it isn't XMP.

    A packet with a document type is never parsed: its entities could expand without end.
    """
    if len(data) > LARGEST or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        return ()
    begin, end = data.find(b"<x:xmpmeta"), data.rfind(b"</x:xmpmeta>")
    text = data[begin : end + len(b"</x:xmpmeta>")] if 0 <= begin < end else data
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, LookupError):
        return ()
    names = {f"{{{_EXTENSION}}}{name}" for name in _NAMES}
    values = []
    for element in root.iter():
        values += [value for name, value in element.attrib.items() if name in names]
        if element.tag in names:
            values += [element.get(f"{{{_RDF}}}resource") or "".join(element.itertext())]
    codes = (value.strip().removeprefix(IPTC_CODES) for value in values)
    return tuple(dict.fromkeys(code for code in codes if code))
