"""What the table must keep to, whoever changes it."""

import pytest

from pumplink import alarm_table, alarm_texts, alarms, codec, messages, names, numbers, states
from pumplink.messages import MESSAGES
from pumplink.purposes import PURPOSES


def layout(number: int) -> str:
    fields = next(fields for known, _name, _kind, fields in MESSAGES if known == number)
    return " ".join(f"{field[0]}:{field[1]}" for field in fields)


def test_the_frozen_messages_never_change() -> None:
    assert numbers.HELLO == 0x01
    assert numbers.STATUS == 0x02
    assert numbers.STOP == 0x53
    assert layout(0x01) == "protocol:H schema:I nonce:I role:B"
    assert layout(0x81) == (
        "nonce:I protocol:H schema:I session:I role:B firmware_major:B firmware_minor:B "
        "firmware_patch:B firmware_hash:8s board:24s unique_id:16s capabilities:I boot_count:I "
        "reset_cause:B time_us:Q tick_hz:H telemetry_max_hz:H"
    )
    assert layout(0x02) == layout(0x53) == ""
    assert layout(0x82) == "state:B priority:B rate_nl_h:i delivered_nl:Q remaining_nl:Q time_us:Q"
    assert layout(0xD3) == "state:B delivered_nl:Q"


def test_numbers_and_names_are_unique() -> None:
    known = [number for number, *_ in MESSAGES]
    assert len(set(known)) == len(known)
    assert len({name for _number, name, *_ in MESSAGES}) == len(known)
    for _number, _name, _kind, fields in MESSAGES:
        assert len({field[0] for field in fields}) == len(fields)


def test_requests_go_to_the_board_and_everything_else_to_the_host() -> None:
    for number, name, kind, fields in MESSAGES:
        is_answer = name.endswith("_answer")
        to_board = kind in (messages.QUERY, messages.COMMAND, messages.FROZEN) and not is_answer
        assert (number < 0x80) == to_board, name
        if kind in (messages.QUERY, messages.COMMAND):
            assert [field[0] for field in fields[:2]] == ["session", "request"], name
        if kind == messages.ANSWER:
            assert fields[0][0] == "request", name


def test_every_query_has_an_answer_of_its_own_named_after_it() -> None:
    by_number = {number: name for number, name, *_ in MESSAGES}
    for number, name, kind, _fields in MESSAGES:
        if kind == messages.QUERY:
            assert by_number[number | 0x80] == f"{name}_answer"


def test_every_allowed_value_fits_its_bytes() -> None:
    for number, name, _kind, fields in MESSAGES:
        least: list[int | bytes] = []
        greatest: list[int | bytes] = []
        for _name, field_format, _unit, minimum, maximum in fields:
            times = int(field_format[:-1] or "1")
            is_run = field_format[-1] == "s"
            least += [bytes(times)] if is_run else [minimum] * times
            greatest += [bytes(times)] if is_run else [maximum] * times
        for values in (least, greatest):
            assert codec.pack_into(number, bytearray(512), 0, values) == codec.size(number), name


def test_every_message_says_what_it_is_for() -> None:
    assert set(PURPOSES) == {name for _number, name, *_ in MESSAGES}


def test_wide_fields_are_words_of_a_record_and_full_in_the_header() -> None:
    record = {field[0]: field[1] for field in messages.RECORD}
    header = layout(numbers.TELEMETRY)
    for name in messages.WIDE:
        assert record[name] == "I"
        assert f"{name}:Q" in header or f"{name}:q" in header


WORDS = {
    "STATE": "STOPPED RUNNING PAUSED KEEP_OPEN BOLUS MOVING FINISHED INTERRUPTED ALARM_STOP RELIEVING",
    "SEGMENT": "CONSTANT RAMP SEGMENT_BOLUS PAUSE SEGMENT_KEEP_OPEN",
    "MODE": "AUTONOMOUS ATTENDED",
    "LINK_LOST": "LINK_LOST_KEEP_OPEN LINK_LOST_STOP",
    "SLOT": "STAGED COMMITTED",
    "MOVE": "PRIME PURGE JOG",
    "ROLE": "OBSERVE COMMAND TAKE_OVER",
}


@pytest.mark.parametrize("title", WORDS)
def test_numbered_names_and_their_words_agree(title: str) -> None:
    constants = WORDS[title].split()
    known = getattr(names, f"{title}_NAMES")
    assert [getattr(states, constant) for constant in constants] == list(range(len(known)))
    assert [constant.removeprefix(f"{title}_").lower().replace("_", "-") for constant in constants] == list(
        known
    )


def test_events_refusals_and_alarms_stand_in_the_order_of_their_codes() -> None:
    for prefix, known in (("EVENT_", names.EVENT_NAMES), ("REFUSED_", names.REFUSAL_NAMES)):
        constants = {
            name.removeprefix(prefix).lower().replace("_", "-"): number
            for name, number in vars(states).items()
            if name.startswith(prefix)
        }
        assert {word: code for code, word in enumerate(known) if code} == constants
    assert [alarm[0] for alarm in alarm_table.ALARMS] == list(range(len(alarm_table.ALARMS)))
    assert len(alarm_texts.ALARM_TEXTS) == len(alarm_table.ALARMS) <= 32
    assert names.PRIORITY_NAMES[alarms.HIGH] == "high"
    assert names.ACTION_NAMES[alarms.STOP] == "stop"
