"""A private font configuration for libass: only packaged fonts, on every machine."""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import tempfile
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from finish import resources
from finish.storage import platform
from finish.storage.drafts import writing
from finish.storage.publish import write_whole
from finish.units import digest

# With `fontsdir` alone, libass finds no fallback glyphs and synthesises bold; with a fontconfig file, it
# finds both.
_CONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
{folders}
<cachedir>{cache}</cachedir>
</fontconfig>
"""


@cache
def font_environment(*folders: Path) -> dict[str, str]:
    """The environment in which FFmpeg sees only the packaged fonts and those in `folders`.

    The configuration file is named by its text, so that environments of one user don't change one another.
    """
    home = _home()
    ours = (resources.font_folder(), *dict.fromkeys(path.parent for path in resources.cjk_fonts().values()))
    listed = "\n".join(f"<dir>{escape(str(folder))}</dir>" for folder in (*ours, *folders))
    text = os.fsencode(_CONFIG.format(folders=listed, cache=escape(str(home / "cache"))))
    file = home / f"fonts-{digest(text)[:32]}.conf"
    if not (file.is_file() and file.read_bytes() == text):
        write_whole(file, text)
    return {"FONTCONFIG_FILE": str(file)}


def _home() -> Path:
    """This user's folder among the temporary files; a folder for this process alone if somebody else owns
    that name."""
    home = Path(tempfile.gettempdir()) / f"finish-fonts-{platform.user_id()}"
    with writing(home):
        try:
            home.mkdir(mode=0o700)
        except FileExistsError:
            if _private(home):
                return home
            home = Path(tempfile.mkdtemp(prefix="finish-fonts-"))
            atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home


def _private(folder: Path) -> bool:
    """Whether a path is a folder, not a link, that this user owns and no other user can enter."""
    status = folder.lstat()
    return (
        stat.S_ISDIR(status.st_mode)
        and status.st_uid == platform.user_id()
        and not stat.S_IMODE(status.st_mode) & 0o077
    )
