"""Runs in MicroPython: what the second port does over usb-device-cdc, as one JSON object."""

import json

from pumpfw.hal import ports

driver_off = False
cable_in = True


def opened(wanted):
    return ports.second_port(wanted, lambda: driver_off, lambda: cable_in)


def interrupted():
    try:
        for _ in range(8):
            port.connected()
    except KeyboardInterrupt:
        return True
    return False


found = {"unwanted": opened(0) is None}
port = opened(1)
if port is None:
    found["there"] = False
else:
    import usb.device

    device = usb.device.get()
    cdc = device.interfaces[0]
    buffer = bytearray(8)
    out = bytearray(b"..frame..")
    found["there"] = True
    found["capability"] = port.capability
    found["prompt_stays"] = device.keeps_builtin
    found["closed"] = port.connected()
    cdc.dtr = True
    found["open"] = port.connected()
    found["nothing"] = [port.any(), port.readinto(buffer)]
    cdc.came = bytearray(b"0123456789")
    found["something"] = [port.any(), port.readinto(buffer), buffer.decode(), port.readinto(buffer)]
    cdc.room = 3
    found["write"] = [port.write(out, 2, 5), port.write(out, 5, 2)]
    cdc.room = 100
    found["rest"] = port.write(out, 5, 2)
    found["sent"] = cdc.sent.decode()
    cable_in = False
    found["pulled"] = port.connected()
    cable_in = True
    cdc.opened = False
    found["gone"] = port.connected()
    found["most_hz"] = [port.max_records_hz(100), port.max_records_hz(1000)]
    driver_off = True
    found["interrupted"] = interrupted()
print(json.dumps(found))
