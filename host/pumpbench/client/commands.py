"""Every message of the protocol as a typed method. Volumes in nL, rates in nL/h, times in s unless named
otherwise.

Each method raises `Refusal` when the board says no, `OutOfRange` for a value that no board takes, and
`AnswerTimeout` or `DeviceLost` when no answer comes.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from pumpbench.client.answers import (
    Alarm,
    Calibration,
    Limits,
    Program,
    Reservoir,
    Segment,
    SelfTest,
    Staged,
    Status,
    number_of,
    word,
)
from pumpbench.client.errors import OutOfRange, ReadBackDiffers
from pumplink import alarm_table, states
from pumplink.names import LINK_LOST_NAMES, MODE_NAMES, MOVE_NAMES, SEGMENT_NAMES
from pumplink.numbers import CALIBRATION_POINTS, MAP_BINS

_BEYOND = (1 << 62) - 1  # a counter that no board reaches


class StagedProgram(Protocol):
    """What can be staged: `Program`, and the program files' programs."""

    def wire_program(self) -> Mapping[str, int | str]:
        """The fields of `program_begin`."""

    def wire_segments(self) -> Iterable[Mapping[str, int]]:
        """The fields of `program_segment`, one segment after the other."""


class Commands:
    """The typed requests, over `request`, which a subclass provides."""

    def request(self, name: str, /, **fields: Any) -> dict[str, Any]:
        """Send the request `name` of the message table and return its answer's fields."""
        raise NotImplementedError

    # --- looking ---

    def status(self) -> Status:
        """State, rate, delivered and remaining volume; any firmware answers it."""
        return Status.from_answer(self.request("status"))

    def limits(self) -> Limits:
        """The board's hard limits and sizes."""
        return Limits(**_without_id(self.request("limits")))

    # --- reservoirs ---

    def reservoir(self, index: int) -> Reservoir:
        """One reservoir; `contents_nl` is what remains now."""
        return Reservoir(**_without_id(self.request("reservoir_get", index=index)))

    def reservoirs(self) -> list[Reservoir]:
        """All reservoirs of the board."""
        return [self.reservoir(index) for index in range(self.limits().reservoirs)]

    def set_reservoir(
        self,
        index: int,
        *,
        capacity_nl: int,
        contents_nl: int,
        low_at_nl: int = 0,
        empty_at_nl: int = 0,
        concentration_ng_ml: int = 0,
        drug: str = "",
    ) -> None:
        """Define a reservoir and what is in it."""
        self.request(
            "reservoir_set",
            index=index,
            capacity_nl=capacity_nl,
            contents_nl=contents_nl,
            low_at_nl=low_at_nl,
            empty_at_nl=empty_at_nl,
            concentration_ng_ml=concentration_ng_ml,
            drug=drug,
        )

    def set_contents(self, index: int, contents_nl: int) -> None:
        """Define a reservoir by just what it holds; its drug stays as it was, and so the limits for that."""
        held = self.reservoir(index)
        self.set_reservoir(
            index,
            capacity_nl=contents_nl,
            contents_nl=contents_nl,
            drug=held.drug,
            concentration_ng_ml=held.concentration_ng_ml,
        )

    def refill(self, index: int, *, residual_nl: int, contents_nl: int) -> None:
        """Note a refill: what came back and what went in."""
        self.request("refill", index=index, residual_nl=residual_nl, contents_nl=contents_nl)

    def next_record(self) -> int:
        """The counter of the telemetry record that the board makes next in this boot."""
        answer = self.request("telemetry_fetch", first=_BEYOND, count=1)
        return int(answer["next"])

    # --- programs ---

    def stage(self, program: StagedProgram) -> Staged:
        """Send a program and return what the board understood. Nothing of it runs before `commit`.

        Raises `ReadBackDiffers` when the board reads back another program than the one that was sent.
        """
        head, segments = dict(program.wire_program()), [dict(segment) for segment in program.wire_segments()]
        self.request("program_begin", **head)
        for segment in segments:
            self.request("program_segment", **segment)
        answer = _without_id(self.request("program_stage"))
        understood, understood_segments = self._read_program(states.STAGED)
        if understood != head | {"digest": answer["digest"]} or understood_segments != segments:
            raise ReadBackDiffers(
                f"the board understood {understood} with {understood_segments}, not {head} with {segments}; "
                "nothing was committed"
            )
        return Staged(**answer, program=_program(understood, understood_segments))

    def program(self) -> tuple[bytes, Program]:
        """The committed program's digest and the program; `Refusal` ("nothing") when there is none."""
        head, segments = self._read_program(states.COMMITTED)
        return bytes(head["digest"]), _program(head, segments)

    def staged(self) -> tuple[bytes, Program]:
        """The digest and the program that `commit` would take; `Refusal` ("nothing") when there is none."""
        head, segments = self._read_program(states.STAGED)
        return bytes(head["digest"]), _program(head, segments)

    def _read_program(self, slot: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        head = _without_id(self.request("program_get", slot=slot))
        return head, [
            _without_id(self.request("program_get_segment", slot=slot, index=index))
            for index in range(head["segments"])
        ]

    def commit(self, digest: bytes) -> None:
        """Make the staged program with this digest the one that `start` runs."""
        self.request("program_commit", digest=digest)

    # --- running ---

    def pause(self) -> None:
        """Hold the program and its clock."""
        self.request("pause")

    def bolus(self, reservoir: int, *, volume_nl: int, rate_nl_h: int) -> None:
        """Deliver a bolus on top of the program, or alone. Carried out at most once."""
        self.request("bolus", reservoir=reservoir, volume_nl=volume_nl, rate_nl_h=rate_nl_h)

    def move(self, kind: str, *, reservoir: int = 0, volume_nl: int, rate_nl_h: int) -> None:
        """Make a set-up move: "prime", "purge" or "jog"; it ends by itself after `volume_nl`."""
        number = number_of(MOVE_NAMES, kind, "kind")
        self.request("move", kind=number, reservoir=reservoir, volume_nl=volume_nl, rate_nl_h=rate_nl_h)

    # --- alarms ---

    def alarms(self) -> tuple[Alarm, ...]:
        """The alarms that are latched or whose cause is there, by code."""
        answer = self.request("alarm_list")
        return Alarm.from_bits(answer["latched"], answer["present"])

    def acknowledge(self, alarm: int | str) -> None:
        """Take note of an alarm, by code or name, so that the pump may be started again."""
        names = tuple(row[1] for row in alarm_table.ALARMS)
        code = number_of(names, alarm, "alarm") if isinstance(alarm, str) else alarm
        self.request("alarm_ack", code=code)

    # --- calibration ---

    def calibration(self) -> Calibration:
        """The calibration in use; `Refusal` with reason "nothing" when there is none."""
        fields = self.request("calibration_get")
        points = tuple(zip(fields["speed_mdeg_s"], fields["stroke_pl"], strict=True))[: fields["points"]]
        return Calibration(
            tube_set=fields["tube_set"],
            made_at_s=fields["made_at_s"],
            expires_at_s=fields["expires_at_s"],
            sensor_gain_ppm=fields["sensor_gain_ppm"],
            sensor_zero_nl_h=fields["sensor_zero_nl_h"],
            points=points,
            rotor_map_ppt=tuple(fields["map_ppm"]) if fields["map_valid"] else None,
            slip_ppm_kpa=fields["slip_ppm_kpa"],
            warming_ppm_c=fields["warming_ppm_c"],
            lag_ms=fields["lag_ms"],
        )

    def set_calibration(self, calibration: Calibration) -> None:
        """Write a calibration to the board."""
        count = len(calibration.points)
        if count > CALIBRATION_POINTS:
            raise OutOfRange(f"a calibration has at most {CALIBRATION_POINTS} points, not {count}")
        filled = [*calibration.points, *[(0, 0)] * (CALIBRATION_POINTS - count)]
        self.request(
            "calibration_set",
            tube_set=calibration.tube_set,
            made_at_s=calibration.made_at_s,
            expires_at_s=calibration.expires_at_s,
            sensor_gain_ppm=calibration.sensor_gain_ppm,
            sensor_zero_nl_h=calibration.sensor_zero_nl_h,
            points=count,
            speed_mdeg_s=[speed for speed, _ in filled],
            stroke_pl=[stroke for _, stroke in filled],
            slip_ppm_kpa=calibration.slip_ppm_kpa,
            warming_ppm_c=calibration.warming_ppm_c,
            lag_ms=calibration.lag_ms,
            map_valid=int(calibration.rotor_map_ppt is not None),
            map_ppm=list(calibration.rotor_map_ppt or [0] * MAP_BINS),
        )

    def fit_tube(self, tube_set: int) -> None:
        """Tell the board which numbered tube set is fitted now."""
        self.request("tube_fit", tube_set=tube_set)

    # --- the link ---

    def set_telemetry_rate(self, rate_hz: int) -> None:
        """Records a second, 0 for none; the board refuses more than its port carries."""
        self.request("telemetry_set", rate_hz=rate_hz)

    def selftest(self) -> SelfTest:
        """How the power-on self-test went."""
        return SelfTest.from_answer(_without_id(self.request("selftest")))


def _without_id(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "request"}


def _program(head: dict[str, Any], segments: list[dict[str, Any]]) -> Program:
    return Program(
        name=head["name"],
        mode=word(MODE_NAMES, head["mode"]),
        on_link_lost=word(LINK_LOST_NAMES, head["on_link_lost"]),
        keep_open_nl_h=head["keep_open_nl_h"],
        repeat=head["repeat"],
        segments=tuple(_segment(fields) for fields in segments),
    )


def _segment(fields: dict[str, Any]) -> Segment:
    own = {name: value for name, value in fields.items() if name != "index"}
    return Segment(**(own | {"kind": word(SEGMENT_NAMES, fields["kind"])}))
