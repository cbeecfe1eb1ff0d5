"""Set the checkout up: virtual environment, packages, MicroPython. Standard library only, run by ``make``.

``python3 host/bootstrap.py`` leaves ``build/venv`` with pumpbench in it (editable) and, where none is on
PATH, ``build/micropython/micropython``. It is quick when nothing has changed. What it cannot do for lack of a
permission it says in one line, with the command to type.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
VENV = BUILD / "venv"
STAMP = BUILD / "set-up"
MICROPYTHON = BUILD / "micropython"
CONSTRAINTS = ROOT / "constraints.txt"
# The Debian release whose micropython package runs on a Debian that has none, through its own loader.
DONOR_RELEASE = "trixie"
LEAST_PYTHON = (3, 11)


class SetUpError(Exception):
    """The checkout cannot be set up here; the message is one sentence that says what to do."""


def run(*command: str, cwd: Path | None = None, environment: dict[str, str] | None = None) -> str:
    """Run a command and return its output; a failure becomes a SetUpError with the end of what it said."""
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, env=os.environ | (environment or {}), check=False
    )
    if done.returncode:
        said = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        why = next((line for line in said if line.lower().startswith(("error", "e:"))), (said or [""])[-1])
        raise SetUpError(f"`{' '.join(command)}` ended with code {done.returncode}: {why}")
    return done.stdout


def say(text: str) -> None:
    """Tell the person what takes the time."""
    print(f"set-up: {text}", flush=True)


def is_root() -> bool:
    """Whether system packages can be installed without asking."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def install_system_packages(*packages: str) -> None:
    """Install from the distribution's packages, or say what to type."""
    if not shutil.which("apt-get"):
        raise SetUpError(f"please install {' and '.join(packages)} with your system's package manager")
    if not is_root():
        raise SetUpError(f"type: sudo apt-get install {' '.join(packages)}")
    say(f"installing {', '.join(packages)} from the distribution's packages")
    run("apt-get", "update")
    quietly = {"DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "install", "-y", "--no-install-recommends", *packages, environment=quietly)


# --- the virtual environment ---


def fingerprint() -> str:
    """Changes when the environment has to be made again."""
    parts = [CONSTRAINTS.read_bytes(), (ROOT / "pyproject.toml").read_bytes()]
    parts.append(f"{sys.version} {ROOT}".encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def environment_python() -> Path:
    """The interpreter inside ``build/venv``."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make_environment() -> None:
    """Create ``build/venv`` and install pumpbench and its pinned packages into it."""
    if sys.version_info < LEAST_PYTHON:
        needed = ".".join(map(str, LEAST_PYTHON))
        raise SetUpError(f"python3 is {platform.python_version()}, pumpbench needs {needed} or later")
    probe = subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    if probe.returncode:
        install_system_packages("python3-venv")
    say("making the virtual environment in build/venv")
    run(sys.executable, "-m", "venv", "--clear", str(VENV))
    pip = (str(environment_python()), "-m", "pip", "--disable-pip-version-check", "--quiet")
    say("installing the pinned Python packages")
    # PIP_CONSTRAINT, unlike -c, also pins what builds the packages.
    pinned = {"PIP_CONSTRAINT": str(CONSTRAINTS)}
    run(*pip, "install", "--editable", f"{ROOT}[dev,export,dask,bench]", environment=pinned)
    run(*pip, "install", "--no-deps", "adafruit-circuitpython-typing", environment=pinned)


# --- MicroPython ---


def get_micropython() -> None:
    """Make sure that there is a ``micropython``; without one the firmware runs on CPython, which is said."""
    if shutil.which("micropython") or (MICROPYTHON / "micropython").exists():
        return
    if sys.platform == "darwin" and shutil.which("brew"):
        say("installing micropython with brew")
        run("brew", "install", "micropython")
    elif shutil.which("apt-get") and shutil.which("dpkg"):
        get_micropython_by_apt()
    else:
        say("no micropython here and no way known to get one: CPython will run the firmware")


def get_micropython_by_apt() -> None:
    """The distribution's own package where it has one; else the donor release's, unpacked in ``build/``."""
    policy = run("apt-cache", "policy", "micropython", environment={"LC_ALL": "C"})
    if "Candidate:" in policy and "Candidate: (none)" not in policy:
        install_system_packages("micropython")
        return
    say(f"getting micropython from Debian {DONOR_RELEASE}'s packages into build/micropython")
    try:
        unpack_from_donor_release()
    except SetUpError as first:
        if not is_root():
            raise
        say(f"once more with the newest archive keys ({first})")
        install_system_packages("debian-archive-keyring")
        unpack_from_donor_release()


def unpack_from_donor_release() -> None:
    """Download micropython and what it depends on with apt's own checks, and unpack them.

    apt gets lists and a cache of its own, so that the system's stay as they are; the mirror is the one that
    apt is set up with, and the distribution's keyring checks what comes.
    """
    work = BUILD / "apt"
    shutil.rmtree(work, ignore_errors=True)
    for folder in ("lists/partial", "cache/archives/partial", "packages"):
        (work / folder).mkdir(parents=True)
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    (work / "sources.list").write_text(f"deb [signed-by={keyring}] {apt_mirror()} {DONOR_RELEASE} main\n")
    settings = [
        f'Dir::Etc::SourceList "{work}/sources.list";',
        'Dir::Etc::SourceParts "-";',
        f'Dir::State::Lists "{work}/lists";',
        f'Dir::Cache "{work}/cache";',
        'Acquire::Languages "none";',
    ]
    if is_root():
        settings.append('APT::Sandbox::User "root";')
    (work / "apt.conf").write_text("\n".join(settings) + "\n")
    configured = {"APT_CONFIG": str(work / "apt.conf"), "LC_ALL": "C"}
    run("apt-get", "update", environment=configured)
    run("apt-get", "download", *needed_packages(configured), cwd=work / "packages", environment=configured)
    shutil.rmtree(MICROPYTHON, ignore_errors=True)
    unpacked = work / "unpacked"
    for archive in sorted((work / "packages").glob("*.deb")):
        run("dpkg", "-x", str(archive), str(unpacked))
    keep_what_runs(unpacked)
    shutil.rmtree(work)


def apt_mirror() -> str:
    """The mirror that apt is already set up with for the distribution's main archive."""
    targets = run("apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)", "Created-By: Packages")
    for line in targets.splitlines():
        site, _, release = line.partition(" ")
        if site.rstrip("/").endswith("/debian") and "-" not in release:
            return site
    raise SetUpError("apt names no Debian mirror: install micropython by hand and put it on PATH")


def needed_packages(configured: dict[str, str]) -> list[str]:
    """Micropython and every package that it depends on."""
    kinds = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
    leave_out = [f"--no-{kind}" for kind in kinds]
    listed = run("apt-cache", "depends", "--recurse", *leave_out, "micropython", environment=configured)
    return sorted({line for line in listed.splitlines() if line and line[0].isalnum()})


def keep_what_runs(unpacked: Path) -> None:
    """Move the program and its libraries into ``build/micropython``, with a script that starts it.

    The script uses the loader that came along, wherever the checkout stands.
    """
    loaders = [
        path for path in unpacked.glob("**/ld-linux*.so.*") if path.is_file() and not path.is_symlink()
    ]
    programs = list(unpacked.glob("usr/bin/micropython"))
    if not loaders or not programs:
        raise SetUpError("the micropython packages hold no program or no loader")
    scratch = MICROPYTHON.with_name("micropython.new")
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
    scratch.rename(MICROPYTHON)


def main() -> int:
    """Set up what is missing; 0 when all is there, 1 with one sentence when not."""
    BUILD.mkdir(exist_ok=True)
    try:
        wanted = fingerprint()
        if not (STAMP.exists() and STAMP.read_text() == wanted and environment_python().exists()):
            make_environment()
            STAMP.write_text(wanted)
        get_micropython()
    except SetUpError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
