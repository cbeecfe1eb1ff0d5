"""The firmware's modules: at a reset what they hold is gone, as a chip's memory is, and their code stays, as
a chip's flash does.

Importing them anew instead would compile them anew, and the unix port of MicroPython never frees machine
code: a board that is reset again and again would run out of memory.
"""

import builtins
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, ModuleType
    from typing import Any

_SOURCE = ".py"  # what was compiled before, .mpy, is loaded anew


class FirmwareModules:
    """From now on ``import`` goes through this. `packages` are the firmware's."""

    def __init__(self, packages: "tuple[str, ...]") -> None:
        self._packages = packages
        self._gone: "dict[str, ModuleType]" = {}
        self._code: "dict[str, CodeType]" = {}
        self._import: Any = builtins.__import__
        builtins.__import__ = self._load  # type: ignore[assignment]

    def forget(self) -> None:
        """Drop them all, as a reset does."""
        for name in list(sys.modules):
            if self._is_firmware(name):
                self._gone[name] = sys.modules.pop(name)

    def _is_firmware(self, name: str) -> bool:
        return name.split(".")[0] in self._packages

    def _load(
        self,
        name: str,
        globals_: "Any" = None,
        locals_: "Any" = None,
        fromlist: "Any" = None,
        level: int = 0,
    ) -> "Any":
        """What ``import`` calls."""
        if self._gone and level == 0 and self._is_firmware(name):
            self._revive(name)
            for part in fromlist or ():
                self._revive(name + "." + part)
        return self._import(name, globals_, locals_, fromlist, level)

    def _revive(self, name: str) -> None:
        """Run a module's code again, its package's first."""
        package, _, leaf = name.rpartition(".")
        if package:
            self._revive(package)
        module = self._gone.pop(name, None)
        if module is None or not module.__file__ or not module.__file__.endswith(_SOURCE):
            return
        names = module.__dict__
        kept = [(key, names[key]) for key in list(names) if key[:2] == "__"]
        names.clear()
        for key, value in kept:
            names[key] = value
        sys.modules[name] = module
        exec(self._code_of(name, module.__file__), names)
        if package:
            setattr(sys.modules[package], leaf, module)

    def _code_of(self, name: str, path: str) -> "CodeType":
        code = self._code.get(name)
        if code is None:
            with open(path) as file:
                code = self._code[name] = compile(file.read(), path, "exec")
        return code
