"""The one device, as micropython-lib's ``usb.device`` has it."""

_device = None


class _Device:
    def __init__(self):
        self.interfaces = []
        self.keeps_builtin = False

    def init(self, *interfaces, builtin_driver=False):
        """Show these interfaces; `builtin_driver` keeps MicroPython's own, the prompt's port."""
        self.interfaces = list(interfaces)
        self.keeps_builtin = builtin_driver
        for interface in interfaces:
            interface.opened = True


def get():
    """Return the device."""
    global _device
    if _device is None:
        _device = _Device()
    return _device
