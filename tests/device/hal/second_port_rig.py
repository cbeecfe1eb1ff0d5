"""Runs in MicroPython: what the second port does over usb-device-cdc, as one JSON object."""

import json

from pumpfw.hal import ports

found = {"unwanted": ports.second_port(0) is None}
port = ports.second_port(1)
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
    cdc.opened = False
    found["gone"] = port.connected()
    found["most_hz"] = [port.max_records_hz(100), port.max_records_hz(1000)]
print(json.dumps(found))
