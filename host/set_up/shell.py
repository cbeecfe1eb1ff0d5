"""Running other programs, saying what takes time, and the one error of the set-up."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"


class SetUpError(Exception):
    """Something cannot be set up here; the message is one sentence that says what to do."""


def run(*command: str, cwd: Path | None = None, environment: dict[str, str] | None = None) -> str:
    """Run a command and return its output; a failure becomes a SetUpError with the end of what it said."""
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, env=os.environ | (environment or {}), check=False
    )
    if done.returncode:
        said = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        why = next((line for line in said if _is_error(line)), (said or [""])[-1])
        raise SetUpError(f"`{' '.join(command)}` ended with code {done.returncode}: {why}")
    return done.stdout


def _is_error(line: str) -> bool:
    low = line.lower()
    return low.startswith(("error", "e:")) or " error: " in low or "undefined reference" in low


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
