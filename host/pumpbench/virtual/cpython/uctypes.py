"""MicroPython's own module for CPython: a record over an array of words, by the names of its layout."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

INT32 = 1 << 30
NATIVE = 2


def addressof(buffer: "array[int]") -> "array[int]":
    """Return what stands for the address of `buffer`: the buffer itself."""
    return buffer


class struct:  # noqa: N801 (MicroPython's name)
    """Attributes by `layout`, ``{name: INT32 | offset}``, in the words at `address`."""

    def __init__(self, address: "array[int]", layout: "dict[str, int]", kind: int = NATIVE) -> None:
        self.__dict__["words"] = address
        self.__dict__["places"] = {name: (offset & ~INT32) // 4 for name, offset in layout.items()}

    def __getattr__(self, name: str) -> int:
        """Return a word."""
        try:
            return self.__dict__["words"][self.__dict__["places"][name]]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: int) -> None:
        """Set a word."""
        self.__dict__["words"][self.__dict__["places"][name]] = value
