"""The system libraries that PyQt6's window, its sound and its tests need, by the distribution's packages."""

import os
import shutil
import subprocess

from set_up.shell import BUILD, SetUpError, install_system_packages, say

# PyQt6's wheels bring Qt, and expect these of the system; a desktop has most of them.
PACKAGES = [
    "fonts-dejavu-core",
    "libdbus-1-3",
    "libegl1",
    "libfontconfig1",
    "libgl1",
    "libglib2.0-0",
    "libpulse0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
    "libxkbcommon0",
    # A screen and a hand for the tests of the real window.
    "xdotool",
    "xvfb",
]
_STAMP = BUILD / "window-set-up"


def get_window_libraries() -> None:
    """See to the libraries where Debian's packages have them; everything but the window does without."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-query")):
        return  # elsewhere Qt finds what it needs in the system
    wanted = " ".join(PACKAGES)
    if _STAMP.exists() and _STAMP.read_text() == wanted:
        return
    missing = [package for package in PACKAGES if not _is_installed(package)]
    if missing:
        try:
            install_system_packages(*missing)
        except SetUpError as error:
            say(f"the window may not open: {error}")
            return
    _STAMP.write_text(wanted)


def _is_installed(package: str) -> bool:
    asked = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${db:Status-Status}", package],
        capture_output=True,
        text=True,
        env=os.environ | {"LC_ALL": "C"},
        check=False,
    )
    return asked.returncode == 0 and asked.stdout.strip() == "installed"
