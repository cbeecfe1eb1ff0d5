"""Who may command, and that a command is carried out at most once, whatever the cable does."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from link_rig import Rig

from pumplink import codec, numbers, states

HELLO_NONCE, HELLO_TOKEN, HELLO_ROLE = 0, 3, 4


def refusal(answer: tuple[int, list]) -> int:
    kind, values = answer
    assert kind == numbers.REFUSED
    return values[1]


def bolus(rig: Rig, volume_nl: int = 1000, **how: int) -> tuple[int, list]:
    return rig.request(numbers.BOLUS, 0, volume_nl, 60_000, **how)


def test_hello_tells_who_the_board_is() -> None:
    rig = Rig()
    values = rig.hello(nonce=123)
    assert values[HELLO_NONCE] == 123
    assert values[HELLO_TOKEN] == 1 * 256 + 1
    assert values[9].rstrip(b"\0") == b"test"
    assert values[10] == rig.board.unique_id
    assert values[12:14] == [1, 1]
    assert values[-2:] == [100, 100]


def test_the_same_nonce_gets_the_same_session_again() -> None:
    rig = Rig()
    assert rig.hello(nonce=5)[HELLO_TOKEN:5] == rig.hello(nonce=5)[HELLO_TOKEN:5]


def test_the_first_commands_the_second_observes_and_may_ask() -> None:
    rig = Rig()
    rig.hello(nonce=1)
    assert rig.hello(nonce=2)[HELLO_ROLE] == states.OBSERVE
    assert refusal(bolus(rig)) == states.REFUSED_SESSION
    assert rig.request(numbers.LIMITS)[0] == numbers.LIMITS | numbers.ANSWER_BIT
    assert not rig.pump.told("bolus")


def test_anyone_may_stop_and_see_the_status() -> None:
    rig = Rig()
    assert rig.ask(numbers.STOP)[0] == numbers.STOP | numbers.ANSWER_BIT
    assert rig.ask(numbers.STATUS)[0] == numbers.STATUS | numbers.ANSWER_BIT
    assert rig.pump.told("stop")


def test_take_over_always_gets_it_and_the_old_one_never_again() -> None:
    rig = Rig()
    old = rig.hello(nonce=1)[HELLO_TOKEN]
    assert rig.hello(states.TAKE_OVER, nonce=2)[HELLO_ROLE] == states.COMMAND
    assert bolus(rig)[0] == numbers.BOLUS | numbers.ANSWER_BIT
    rig.token = old
    assert refusal(bolus(rig)) == states.REFUSED_SESSION
    assert rig.hello(states.TAKE_OVER, nonce=1)[HELLO_TOKEN : HELLO_ROLE + 1] == [0, states.OBSERVE]


def test_a_silent_commander_gives_way_after_ten_seconds() -> None:
    rig = Rig()
    rig.hello(nonce=1)
    rig.tick(900)
    assert rig.hello(nonce=2)[HELLO_ROLE] == states.OBSERVE
    rig.tick(101)
    assert rig.hello(nonce=3)[HELLO_ROLE] == states.COMMAND


def test_a_commander_that_speaks_does_not_give_way() -> None:
    rig = Rig()
    token = rig.hello(nonce=1)[HELLO_TOKEN]
    for _ in range(3):
        rig.tick(600)
        rig.token = token
        rig.request(numbers.LINK_HEALTH)
    assert rig.hello(nonce=2)[HELLO_ROLE] == states.OBSERVE


def test_a_closed_port_gives_way_but_the_same_host_may_come_back_first() -> None:
    rig = Rig()
    rig.hello(nonce=1)
    bolus(rig, request=9)
    rig.board.port.is_open = False
    rig.tick()
    rig.board.port.is_open = True
    rig.tick()
    rig.hello(nonce=1)
    assert bolus(rig, request=9)[0] == numbers.BOLUS | numbers.ANSWER_BIT
    assert len(rig.pump.told("bolus")) == 1, "the repeat over the new connection is still a repeat"
    rig.board.port.is_open = False
    rig.tick()
    rig.board.port.is_open = True
    assert rig.hello(nonce=2)[HELLO_ROLE] == states.COMMAND


def test_another_schema_may_look_but_not_command() -> None:
    rig = Rig()
    values = rig.hello(states.TAKE_OVER, nonce=4, schema=codec.schema_hash() ^ 1)
    assert values[HELLO_ROLE] == states.OBSERVE
    assert refusal(bolus(rig)) == states.REFUSED_SCHEMA


def test_bye_ends_the_session_for_good() -> None:
    rig = Rig()
    rig.hello(nonce=1)
    assert rig.request(numbers.BYE)[0] == numbers.BYE | numbers.ANSWER_BIT
    assert refusal(bolus(rig)) == states.REFUSED_SESSION
    assert rig.hello(nonce=2)[HELLO_ROLE] == states.COMMAND


def test_a_token_from_before_a_reset_commands_nothing() -> None:
    rig = Rig()
    rig.hello(nonce=1)
    after = Rig(rig.board.flash)
    after.token = rig.token
    assert refusal(bolus(after)) == states.REFUSED_SESSION
    assert after.hello(nonce=1)[HELLO_TOKEN] == 2 * 256 + 1


def test_three_hundred_sessions_never_share_a_token_with_the_commander() -> None:
    rig = Rig()
    token = rig.hello(nonce=1)[HELLO_TOKEN]
    others = [rig.hello(states.OBSERVE, nonce=nonce)[HELLO_TOKEN] for nonce in range(2, 300)]
    assert token not in others


# --- at most once ---


def test_a_repeated_command_gets_its_answer_again_and_is_not_carried_out_again() -> None:
    rig = Rig()
    rig.hello()
    first = bolus(rig, request=1)
    assert bolus(rig, request=1) == first
    assert len(rig.pump.told("bolus")) == 1
    assert rig.request(numbers.LINK_HEALTH)[1][2] == 1


def test_a_repeated_refusal_is_the_same_refusal_even_when_it_would_be_allowed_now() -> None:
    rig = Rig()
    rig.hello()
    first = rig.request(numbers.PAUSE, request=5)
    assert refusal(first) == states.REFUSED_STATE
    rig.request(numbers.START, b"12345678", 0, 0, request=6)
    assert rig.request(numbers.PAUSE, request=5) == first


def test_the_same_id_on_another_command_is_refused() -> None:
    rig = Rig()
    rig.hello()
    bolus(rig, 1000, request=1)
    assert refusal(bolus(rig, 2000, request=1)) == states.REFUSED_STALE
    assert refusal(rig.request(numbers.PAUSE, request=1)) == states.REFUSED_STALE


def test_sixteen_commands_are_remembered_and_older_ones_are_stale_however_many_queries_came_between() -> None:
    rig = Rig()
    rig.hello()
    for request in range(1, 18):
        bolus(rig, request, request=request * 50)
        rig.request(numbers.LIMITS, request=request * 50 + 1)
    assert refusal(bolus(rig, 1, request=50)) == states.REFUSED_STALE
    assert bolus(rig, 2, request=100)[0] == numbers.BOLUS | numbers.ANSWER_BIT
    assert len(rig.pump.told("bolus")) == 17


def test_giving_up_command_and_getting_it_back_forgets_no_request() -> None:
    rig = Rig()
    rig.hello(nonce=1)
    bolus(rig, request=1)
    rig.hello(states.OBSERVE, nonce=1)
    rig.hello(states.COMMAND, nonce=1)
    bolus(rig, request=1)
    assert len(rig.pump.told("bolus")) == 1


def test_a_field_out_of_range_is_named_with_what_is_allowed() -> None:
    rig = Rig()
    rig.hello()
    kind, values = rig.request(numbers.BOLUS, 4, 1000, 1000)
    assert kind == numbers.REFUSED
    assert values == [numbers.BOLUS, states.REFUSED_RANGE, 0, 4, 0, 3]


def test_a_hard_limit_is_named_by_the_pump() -> None:
    rig = Rig()
    rig.hello()
    limit = rig.pump.config.max_bolus_nl
    assert bolus(rig, limit + 1)[1] == [numbers.BOLUS, states.REFUSED_LIMIT, 1, limit + 1, 1, limit]


@pytest.mark.parametrize(
    ("number", "length", "code"),
    [
        (numbers.BOLUS, 12, states.REFUSED_LAYOUT),
        (0x3D, 8, states.REFUSED_UNKNOWN),
        (0x3D, 0, states.REFUSED_UNKNOWN),
    ],
)
def test_what_the_board_does_not_know_is_refused(number: int, length: int, code: int) -> None:
    rig = Rig()
    rig.hello()
    rig.send(rig.frame(number, bytes([9, 0, 0, 0] * 3)[:length]))
    rig.settle()
    payload = next(payload for kind, payload in rig.received() if kind == numbers.REFUSED)
    request, refused, why, *_ = codec.unpack_from(numbers.REFUSED, payload, 0, len(payload))
    assert (request, refused, why) == (9 if length else 0, number, code)


def test_the_boards_own_messages_are_not_answered() -> None:
    rig = Rig()
    rig.send(rig.frame(numbers.REFUSED, bytes(31)) + rig.frame(numbers.LIMITS | numbers.ANSWER_BIT, bytes(4)))
    rig.settle()
    assert rig.received() == []


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.sampled_from(["whole", "twice", "flip", "cut", "lost"])), max_size=60
    ),
    st.integers(1, 40),
    st.integers(0, 1 << 30),
)
def test_any_cable_each_command_at_most_once_and_each_whole_frame_answered(
    sendings: list[tuple[int, str]], chunk: int, seed: int
) -> None:
    """Requests are sent, repeated, reordered, damaged and cut; a bolus of n nL belongs to request n."""
    rig = Rig()
    rig.hello()
    draw = random.Random(seed)
    line = bytearray()
    whole: set[int] = set()
    for request, fate in sendings:
        data = bytearray(rig.message(numbers.BOLUS, rig.token, request, 0, request, 60_000))
        if fate in ("whole", "twice"):
            whole.add(request)
            line += data * (2 if fate == "twice" else 1)
        elif fate == "flip":
            data[draw.randrange(1, len(data) - 1)] ^= 1 << draw.randrange(8)
            line += data
        elif fate == "cut":
            line += data[: draw.randrange(1, len(data))] + b"\0"
    for at in range(0, len(line), chunk):
        rig.send(line[at : at + chunk])
        rig.settle()
    rig.settle()
    volumes = [call[2] for call in rig.pump.told("bolus")]
    assert len(volumes) == len(set(volumes)), "carried out twice"
    answers = [
        (kind, codec.unpack_from(kind, payload, 0, len(payload)))
        for kind, payload in rig.received()
        if kind in (numbers.BOLUS | numbers.ANSWER_BIT, numbers.REFUSED)
    ]
    done = {values[0] for kind, values in answers if kind == numbers.BOLUS | numbers.ANSWER_BIT}
    stale = {values[0] for kind, values in answers if kind == numbers.REFUSED}
    assert done == set(volumes)
    assert whole <= done | stale
