"""The unix port of MicroPython, which runs the firmware of virtual boards."""

import shutil
import sys
from pathlib import Path

from set_up.donor import RELEASE, Donor
from set_up.shell import BUILD, SetUpError, install_system_packages, run, say

FOLDER = BUILD / "micropython"


def get_micropython() -> None:
    """Make sure that there is a ``micropython``; without one the firmware runs on CPython, which is said."""
    if shutil.which("micropython") or (FOLDER / "micropython").exists():
        return
    if sys.platform == "darwin" and shutil.which("brew"):
        say("installing micropython with brew")
        run("brew", "install", "micropython")
    elif shutil.which("apt-get") and shutil.which("dpkg"):
        _get_by_apt()
    else:
        say("no micropython here and no way known to get one: CPython will run the firmware")


def _get_by_apt() -> None:
    """Take the distribution's own package where it has one; else the donor release's, kept in ``build/``."""
    policy = run("apt-cache", "policy", "micropython", environment={"LC_ALL": "C"})
    if "Candidate:" in policy and "Candidate: (none)" not in policy:
        install_system_packages("micropython")
        return
    say(f"getting micropython from Debian {RELEASE}'s packages into build/micropython")
    donor = Donor(BUILD / "apt")
    _keep_what_runs(donor.unpack(donor.needed_by("micropython")))
    donor.remove()


def _keep_what_runs(unpacked: Path) -> None:
    """Move the program and its libraries into ``build/micropython``, with a script that starts it.

    The script uses the loader that came along, wherever the checkout stands.
    """
    loaders = [
        path for path in unpacked.glob("**/ld-linux*.so.*") if path.is_file() and not path.is_symlink()
    ]
    programs = list(unpacked.glob("usr/bin/micropython"))
    if not loaders or not programs:
        raise SetUpError("the micropython packages hold no program or no loader")
    shutil.rmtree(FOLDER, ignore_errors=True)
    scratch = FOLDER.with_name("micropython.new")
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(loaders[0].parent, scratch / "lib", symlinks=True)
    shutil.copy2(programs[0], scratch / "micropython.bin")
    starter = scratch / "micropython"
    starter.write_text(
        "#!/bin/sh\n"
        'here=$(dirname "$(readlink -f "$0")")\n'
        f'exec "$here/lib/{loaders[0].name}" --library-path "$here/lib" "$here/micropython.bin" "$@"\n'
    )
    starter.chmod(0o755)
    run(str(starter), "-c", "print(1)")
    scratch.rename(FOLDER)
