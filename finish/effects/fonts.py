"""A private font configuration for libass: our fonts and no others, whatever the machine has."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from finish import resources

# With `fontsdir` alone libass finds no fallback glyphs and fakes bold; a fontconfig file gives both.
_CONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
{folders}
<cachedir>{cache}</cachedir>
</fontconfig>
"""


@cache
def font_environment(*folders: Path) -> dict[str, str]:
    """The environment that makes FFmpeg see the packaged fonts, and those in `folders`, only."""
    home = Path(tempfile.gettempdir()) / f"finish-fonts-{os.getuid()}"
    home.mkdir(mode=0o700, exist_ok=True)
    listed = "\n".join(f"<dir>{escape(str(folder))}</dir>" for folder in (resources.font_folder(), *folders))
    text = _CONFIG.format(folders=listed, cache=escape(str(home / "cache")))
    file = home / "fonts.conf"
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        draft = home / f"fonts.{os.getpid()}.conf"
        draft.write_text(text, encoding="utf-8")
        draft.replace(file)
    return {"FONTCONFIG_FILE": str(file)}
