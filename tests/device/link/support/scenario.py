"""One long scenario that two interpreters must agree on: prints checksums of what was sent and kept."""

from binascii import crc32

from link_rig import Rig
from nor_flash import NorFlash, PowerCut

from pumpfw import journal as documents
from pumplink import numbers, states


def play(rig, steps, seed):
    """A host's and a pump's doings, by pseudo-random choice; the checksum of all that the board sent."""
    crc = 0
    for step in range(steps):
        seed = (seed * 1103515245 + 12345) & 0x3FFFFFFF
        choice = seed >> 16 & 15
        now = rig.readings
        now.counted_lo = (now.counted_lo + (seed >> 4)) & 0x3FFFFFFF
        now.counted_hi = (now.counted_hi + 1) & 0xFFFF
        now.measured_hi = -(seed >> 20)
        now.measured_lo = seed
        now.set_nl_h = seed - 0x20000000
        now.pressure_pa = -(seed >> 3)
        if choice == 0:
            rig.hello(nonce=seed >> 20 or 1, role=seed >> 18 & 1)
        elif choice < 3:
            rig.request(numbers.BOLUS, seed >> 20 & 7, seed >> 8, 5000, request=step // 3 + 1)
        elif choice == 3:
            rig.request(numbers.TELEMETRY_SET, seed >> 22)
        elif choice == 4:
            rig.request(numbers.TELEMETRY_FETCH, seed >> 20, seed >> 18 & 63 or 1)
        elif choice == 5:
            rig.request(numbers.EVENTS_FETCH, seed >> 23)
        elif choice == 6:
            rig.request(numbers.EVENTS_ACK, seed >> 24)
        elif choice == 7:
            rig.request(numbers.SUMMARY_FETCH, 0, 20)
        elif choice < 11:
            rig.events.add(states.EVENT_SEGMENT, -seed, seed, seed >> 20 & 3)
        else:
            rig.journal.put(documents.POSITION, bytes([step & 0xFF]) * (seed >> 20))
        rig.tick(seed >> 24)
        for number, payload in rig.received():
            crc = crc32(payload, crc32(bytes([number]), crc))
    return crc


def main(steps, cuts):
    flash = NorFlash(64 * 4096)
    for boot in range(cuts):
        flash.cut_after(50_000 + 7919 * boot, 1 + boot)
        try:
            rig = Rig(flash)
            print("sent", boot, play(rig, steps, 99 + boot))
        except PowerCut:
            print("cut", boot)
        flash.power_up()
        print("flash", crc32(flash.data))
    rig = Rig(flash)
    print("boots", rig.journal.boot_count, "erases", sum(flash.erases))
    print("position", crc32(rig.journal.get(documents.POSITION) or b""))
    print("events", rig.events.fetch(0), "summaries", rig.summaries.fetch(0, 0xFFFF))


if __name__ == "__main__":
    main(250, 8)
