"""A packaged look never changes under its name: jobs record its digest alone, and rely on that."""

from __future__ import annotations

import hashlib

from finish import resources

DIGESTS = {
    "bleach": "ce83ecced525e6ee",
    "cool": "4c70b0acf15f6194",
    "crisp": "6ba8a8bd6c94450e",
    "film": "d008194fd8ea1cc8",
    "forest": "97baf3d62896621c",
    "golden": "4ea90d4e11f9695f",
    "matte": "54af91d004a6ab34",
    "mono": "db8f53b0e69c6782",
    "moody": "c485d4c1ed504794",
    "night": "9922a1a1a65bd305",
    "noir": "966461294ecb6f62",
    "pastel": "d3983eb72f7b5020",
    "punch": "045ec8ff650d4c57",
    "retro": "4a9fae3a2efb8514",
    "sepia": "8006df06ad37b88a",
    "teal-orange": "74958ff0eb237c3c",
    "vintage": "7479a58e98a5f05c",
    "warm": "806f7dbf2a2c9cf0",
}


def test_no_look_changes() -> None:
    found = {
        name: hashlib.sha256(resources.entry("luts", name).read_bytes()).hexdigest()[:16]
        for name in resources.names("luts")
    }
    assert found == DIGESTS, "give the changed look a new name, and list it here"
