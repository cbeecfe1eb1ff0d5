"""In the place of micropython-lib's usb-device."""
