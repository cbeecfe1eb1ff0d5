"""Code that is run at the board's prompt. MicroPython; nothing of it stays on the board."""

# What is there: prints one JSON object. `hashes` are those of the running pack's files and of the loose files
# in `wanted`, by path; a file that is not there is not in it.
LOOK = """
import gc, hashlib, binascii, json, os, sys

buffer = memoryview(bytearray(1024))

def digest(path, offset=0, size=-1):
    sha = hashlib.sha256()
    with open(path, "rb") as file:
        file.seek(offset)
        while size:
            count = file.readinto(buffer if size < 0 or size > 1024 else buffer[:size])
            if not count:
                break
            sha.update(buffer[:count])
            if size > 0:
                size -= count
    return binascii.hexlify(sha.digest()).decode()

def exists(path):
    try:
        return os.stat(path)[0]
    except OSError:
        return 0

def pointer():
    try:
        with open("/fw.txt") as file:
            return file.read().split()
    except OSError:
        return []

def pack_index(slot):
    found = {}
    try:
        with open("/fw_%s.pack" % slot, "rb") as file:
            head = file.read(42)
            if head[:8] == b"PUMPFW1 ":
                for line in file.read(int(head[8:15])).decode().split("\\n"):
                    words = line.split()
                    if len(words) == 3:
                        found[words[0]] = int(words[1]), int(words[2])
    except (OSError, ValueError):
        pass
    return found

def blocks(path):
    if not exists(path):
        return 0
    if exists(path) & 0x4000:
        return sum([blocks(path + "/" + name) for name in os.listdir(path)])
    return -(-os.stat(path)[6] // 4096)

def slot_blocks(slot):
    return blocks("/fw_%s.pack" % slot) + blocks("/fw_%s.new" % slot) + blocks("/code_" + slot)

def look(wanted):
    now = pointer()
    slot = now[-1][0] if now else ""  # on trial the other one is the one to trust
    index = pack_index(slot) if slot else {}
    path = "/fw_%s.pack" % slot
    there = {}
    for name in index:
        there[name] = [digest(path, *index[name])] + list(index[name])
    loose = {}
    for name in wanted:
        if exists(name):
            loose[name] = digest(name)
    begins = {}
    for name in ("boot.py", "main.py"):
        if exists("/" + name):
            with open("/" + name, "rb") as file:
                begins[name] = "".join([chr(byte) for byte in file.read(60)])
    volume = os.statvfs("/")
    gc.collect()
    print(json.dumps({
        "platform": sys.platform,
        "machine": sys.implementation._machine,
        "version": list(sys.implementation.version[:3]),
        "mpy": getattr(sys.implementation, "_mpy", 0),
        "pointer": now,
        "pack": there,
        "loose": loose,
        "files": sorted(os.listdir("/")),
        "begins": begins,
        "block": volume[0],
        "free": volume[3],
        "slots": {slot: slot_blocks(slot) * 4096 for slot in "ab"},
        "copies": {slot: blocks("/code_" + slot) * 4096 for slot in "ab"},
        "journal": None if exists("/journal/map") else blocks("/journal"),
        "usb": hasattr(__import__("machine"), "USBDevice"),
        "cdc": any([exists(lib + "/usb/device/cdc." + end) for lib in ("", "/lib") for end in ("mpy", "py")]),
    }))
"""

# Laying the flash out for journal, events and summaries, which takes its time once in a board's life.
PREPARE = """
def prepare(pack):
    import slots
    os.mount(slots.Pack(pack), "/fw")
    sys.path.insert(0, "/fw")
    from pumpfw.hal import describe
    layer = __import__("pumpfw.hal." + sys.platform, None, None, ("open_flash",))
    layer.open_flash(describe()["wires"]["sectors"])
"""

# Writing one file, which gets its name when it is whole: begin, then put and copy in turn, then finish, which
# prints the hash of what was read back.
WRITE = """
def begin(path):
    global out
    folder = ""
    for part in path.strip("/").split("/")[:-1]:
        folder += "/" + part
        if not exists(folder):
            os.mkdir(folder)
    out = open(path, "wb")

def put(text):
    out.write(binascii.a2b_base64(text))

def copy(path, offset, size):
    with open(path, "rb") as file:
        file.seek(offset)
        while size > 0:
            count = file.readinto(buffer if size > 1024 else buffer[:size])
            out.write(buffer[:count])
            size -= count

def gather(path, tag, source, ranges):
    begin(path)
    put(tag)
    with open(source, "rb") as file:
        for offset, size in ranges:
            file.seek(offset)
            out.write(file.read(size))
            out.write(bytes(-size % 4))
    finish(path)

def clear(folder):
    if exists(folder):
        for name in os.listdir(folder):
            os.remove(folder + "/" + name)
        os.rmdir(folder)

def finish(path):
    out.close()
    print(json.dumps(digest(path)))

def show(path):
    with open(path, "rb") as file:
        print(json.dumps(binascii.b2a_base64(file.read()).decode()))

def remove(path):
    try:
        os.remove(path)
    except OSError:
        pass
"""
