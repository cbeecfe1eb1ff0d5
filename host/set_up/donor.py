"""Packages of another release of the distribution, downloaded with apt's own checks.

apt gets lists and a cache of its own, so that the system's stay as they are; the mirror is the one that apt
is set up with, and the distribution's keyring checks what comes.
"""

import shutil
from pathlib import Path

from set_up.shell import SetUpError, install_system_packages, is_root, run, say

# The Debian release whose packages are used where the system's own has none, or only older ones.
RELEASE = "trixie"
_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


class Donor:
    """The donor release's packages, with `work` as the folder for apt's lists and for what is downloaded.

    Raises:
        SetUpError: apt names no mirror, or cannot get the release's lists.
    """

    def __init__(self, work: Path, sources: bool = False) -> None:
        self._work = work
        self._kinds = ("deb", "deb-src") if sources else ("deb",)
        try:
            self._prepare()
        except SetUpError as first:
            if not is_root():
                raise
            say(f"once more with the newest archive keys ({first})")
            install_system_packages("debian-archive-keyring")
            self._prepare()

    def _prepare(self) -> None:
        work = self._work
        shutil.rmtree(work, ignore_errors=True)
        for folder in ("lists/partial", "cache/archives/partial", "packages"):
            (work / folder).mkdir(parents=True)
        mirror = _mirror()
        lines = [f"{kind} [signed-by={_KEYRING}] {mirror} {RELEASE} main\n" for kind in self._kinds]
        (work / "sources.list").write_text("".join(lines))
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
        self._configured = {"APT_CONFIG": str(work / "apt.conf"), "LC_ALL": "C"}
        run("apt-get", "update", environment=self._configured)

    def needed_by(self, package: str) -> list[str]:
        """Return `package` and every package that it depends on."""
        kinds = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
        leave_out = [f"--no-{kind}" for kind in kinds]
        listed = run("apt-cache", "depends", "--recurse", *leave_out, package, environment=self._configured)
        return sorted({line for line in listed.splitlines() if line and line[0].isalnum()})

    def unpack(self, packages: list[str]) -> Path:
        """Download binary packages; return the folder that they are unpacked in."""
        folder = self._work / "packages"
        run("apt-get", "download", *packages, cwd=folder, environment=self._configured)
        unpacked = self._work / "unpacked"
        for archive in sorted(folder.glob("*.deb")):
            run("dpkg", "-x", str(archive), str(unpacked))
        return unpacked

    def source(self, package: str) -> Path:
        """Download a source package; return the archive of its original source."""
        folder = self._work / "source"
        folder.mkdir()
        run("apt-get", "source", "--download-only", package, cwd=folder, environment=self._configured)
        return next(folder.glob("*.orig.tar.*"))

    def remove(self) -> None:
        """Remove all that was downloaded."""
        shutil.rmtree(self._work)


def _mirror() -> str:
    """Return the mirror that apt is set up with for the distribution's main archive."""
    targets = run("apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)", "Created-By: Packages")
    for line in targets.splitlines():
        site, _, release = line.partition(" ")
        if site.rstrip("/").endswith("/debian") and "-" not in release:
            return site
    raise SetUpError("apt names no Debian mirror, so nothing can be had from Debian's packages")
