"""The keys of a plant file: default, range, unit and meaning of each, and of each kind of fault. Plain data,
one line a key.

The model takes them from a complete file and never imports this module; the checker of plant files and
``docs/plant.md`` do.
"""

# ruff: noqa: E501

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NUMBER = "number"
INTEGER = "integer"
BOOLEAN = "boolean"
CHOICE = "choice"  # one of the words in the place of the minimum
NUMBERS = "list of numbers"  # each within the range
CONTENTS = "number or list"  # one number, or one for each port

# (section, key, type, default, minimum or choices, maximum, unit, meaning)
KEYS: "tuple[tuple[Any, ...], ...]" = (
    ("pump", "stroke_volume_ul_per_rev", NUMBER, 50.0, 0.01, 10000.0, "uL/rev", "volume of one revolution at 20 C, new tube, no pressure"),
    ("pump", "rollers", INTEGER, 3, 1, 24, "", "number of rollers"),
    ("pump", "pulsation_depth", NUMBER, 0.5, 0.0, 1.0, "", "depth of the bite that each roller takes out of the flow (1: the flow stops)"),
    ("pump", "pulsation_width_deg", NUMBER, 45.0, 1.0, 360.0, "deg", "rotor angle over which a bite lasts"),
    ("pump", "roller_depths", NUMBERS, [], 0.0, 2.0, "", "depth of each roller's bite, one a roller (above 1: the flow turns back); empty: pulsation_depth for all"),
    ("pump", "initial_angle_deg", NUMBER, 0.0, -360.0, 360.0, "deg", "rotor angle at the start"),
    ("pump", "steps_per_rev", INTEGER, 200, 1, 10000, "", "full steps of the motor in a revolution of the rotor"),
    ("pump", "microsteps", INTEGER, 16, 1, 256, "", "microsteps in a full step"),
    ("pump", "backlash_steps", NUMBER, 0.0, 0.0, 1000.0, "full steps", "play between motor and rotor, felt when the direction turns"),
    ("pump", "ageing_percent_per_hour", NUMBER, 0.0, -10.0, 10.0, "%/h", "share of the stroke volume that the tube loses in an hour of being mounted"),
    ("pump", "temperature_percent_per_c", NUMBER, 0.0, -10.0, 10.0, "%/C", "change of the stroke volume with temperature, from 20 C"),
    ("pump", "slip_percent_per_kpa", NUMBER, 0.0, 0.0, 10.0, "%/kPa", "share of the stroke volume that runs back past the rollers, by pressure"),
    ("pump", "stall_kpa", NUMBER, 250.0, 1.0, 100000.0, "kPa", "pressure at which the motor loses its forward steps"),
    ("pump", "free_flow_ul_per_min_per_kpa", NUMBER, 0.0, 0.0, 100000.0, "uL/min/kPa", "conductance of a head that does not close its tube (0: it closes)"),
    ("home", "present", BOOLEAN, True, None, None, "", "whether the rotor has a home mark"),
    ("home", "angle_deg", NUMBER, 90.0, -360.0, 360.0, "deg", "rotor angle of the mark"),
    ("home", "jitter_deg", NUMBER, 0.05, 0.0, 10.0, "deg", "scatter of the mark from revolution to revolution (standard deviation)"),
    ("line", "compliance_ul_per_kpa", NUMBER, 1.0, 0.0, 1000.0, "uL/kPa", "volume that the line takes up by pressure"),
    ("line", "resistance_kpa_per_ul_min", NUMBER, 0.002, 0.0, 1000.0, "kPa min/uL", "resistance from the flow sensor to the outlet"),
    ("line", "dead_volume_ul", NUMBER, 100.0, 0.0, 100000.0, "uL", "volume from the head to flow sensor and outlet"),
    ("line", "back_pressure_kpa", NUMBER, 0.0, -90.0, 1000.0, "kPa", "gauge pressure at the outlet"),
    ("reservoir", "contents_ml", CONTENTS, 30.0, 0.0, 100000.0, "mL", "what the reservoir holds at the start; a list: one number for each of up to four ports"),
    ("reservoir", "selector_dead_volume_ul", NUMBER, 20.0, 0.0, 100000.0, "uL", "volume from the selector valve to the head"),
    ("sensor", "gain_error_percent", NUMBER, 0.0, -50.0, 100.0, "%", "gain error of the flow sensor"),
    ("sensor", "offset_ul_per_min", NUMBER, 0.0, -10000.0, 10000.0, "uL/min", "zero of the flow sensor"),
    ("sensor", "noise_ul_per_min", NUMBER, 0.3, 0.0, 10000.0, "uL/min", "noise of one reading (standard deviation)"),
    ("sensor", "range_ul_per_min", NUMBER, 2000.0, 0.1, 1000000.0, "uL/min", "largest reading either way; beyond it the high-flow flag is set"),
    ("sensor", "response_ms", NUMBER, 40.0, 0.0, 60000.0, "ms", "time constant"),
    ("sensor", "rate_hz", NUMBER, 2000.0, 0.1, 100000.0, "Hz", "how often the sensor has a new reading"),
    ("pressure", "noise_kpa", NUMBER, 0.05, 0.0, 100.0, "kPa", "noise of one reading (standard deviation)"),
    ("pressure", "offset_kpa", NUMBER, 0.0, -100.0, 100.0, "kPa", "zero of the pressure sensor"),
    ("balance", "resolution_mg", NUMBER, 0.1, 0.0001, 10000.0, "mg", "last digit"),
    ("balance", "noise_mg", NUMBER, 0.05, 0.0, 10000.0, "mg", "noise of one reading (standard deviation)"),
    ("balance", "drift_mg_per_hour", NUMBER, 0.0, -10000.0, 10000.0, "mg/h", "drift of the zero"),
    ("balance", "evaporation_mg_per_hour", NUMBER, 0.0, 0.0, 10000.0, "mg/h", "loss of liquid from the vessel"),
    ("balance", "gain_error_ppm", NUMBER, 0.0, -100000.0, 100000.0, "ppm", "gain error of the balance"),
    ("balance", "response_ms", NUMBER, 500.0, 0.0, 60000.0, "ms", "time constant"),
    ("balance", "protocol", CHOICE, "mt-sics", ("mt-sics",), None, "", "what the balance speaks"),
    ("fluid", "density_g_per_ml", NUMBER, 0.998, 0.1, 20.0, "g/mL", "density of the liquid"),
    ("fluid", "temperature_c", NUMBER, 20.0, 0.0, 100.0, "C", "temperature of liquid, tube and sensor (37 when not given for a constant-flow source)"),
    ("fluid", "siphon_head_m", NUMBER, 0.0, -10.0, 10.0, "m", "height of the reservoir above the outlet"),
    ("clock", "error_ppm", NUMBER, 0.0, -10000.0, 10000.0, "ppm", "how much the board's clock runs fast"),
    ("source", "kind", CHOICE, "peristaltic", ("peristaltic", "constant-flow"), None, "", "what stands on the bench: the board's pump, or one that only the balance sees"),
    ("source", "rate_ml_per_day", NUMBER, 1.2, 0.001, 1000.0, "mL/day", "constant flow: rated flow of water at 37 C and 101.3 kPa"),
    ("source", "propellant_kpa_at_37_c", NUMBER, 162.3, 102.0, 1000.0, "kPa", "constant flow: the propellant's absolute vapour pressure at 37 C"),
    ("source", "propellant_kj_per_mol", NUMBER, 25.7, 1.0, 100.0, "kJ/mol", "constant flow: the propellant's heat of vaporisation, which is the slope of its curve"),
    ("source", "ambient_kpa", NUMBER, 101.3, 30.0, 120.0, "kPa", "constant flow: ambient pressure, absolute"),
    ("source", "viscosity_ratio", NUMBER, 1.0, 0.1, 100.0, "", "constant flow: viscosity of the liquid over that of water"),
    ("random", "seed", INTEGER, 1, 0, 4294967295, "", "seed of all noise"),
)  # fmt: skip

# A constant-flow pump is tried in a bath at body temperature.
CONSTANT_FLOW_TEMPERATURE_C = 37.0

# Keys of a fault besides `kind`: (key, default, minimum, maximum, unit, meaning); a duration of None never ends.
FAULT_KEYS = (
    ("at_s", 0.0, 0.0, 1.0e9, "s", "when it starts"),
    ("duration_s", None, 0.0, 1.0e9, "s", "how long it lasts; for ever when not given"),
)

# (kind, default value, minimum, maximum, unit of the value, what it does)
FAULT_KINDS = (
    ("occlusion", 1.0, 0.0, 1.0, "share", "closes that share of the line's conductance, between flow sensor and outlet (1: nothing passes)"),
    ("leak", 0.1, 0.0, 1.0, "share", "that share of the head's forward flow leaves the line before the flow sensor"),
    ("air", 1000.0, 0.001, 1.0e6, "uL", "a bubble of that volume stands before the flow sensor; what is left of it when the fault ends is gone"),
    ("empty", 0.0, 0.0, 3.0, "port", "the reservoir at that port gives air, whatever it holds"),
    ("stall", 1.0, 0.0, 1.0, "share", "that share of the motor's steps does not turn the rotor"),
    ("back-pressure", 20.0, -90.0, 1000.0, "kPa", "the pressure at the outlet is that"),
    ("temperature", 40.0, 0.0, 100.0, "C", "the temperature is that"),
    ("siphon", 10.0, 0.0, 100000.0, "uL/min/kPa", "the head does not close its tube: conductance added to it, also at rest"),
    ("sensor-dead", 1.0, -1.0e9, 1.0e9, "any", "the flow sensor does not answer"),
    ("sensor-stuck", 1.0, -1.0e9, 1.0e9, "any", "the flow sensor repeats its last reading"),
    ("sensor-noise", 50.0, 0.0, 100000.0, "uL/min", "noise added to the flow sensor's own (standard deviation)"),
    ("sensor-sign", 1.0, -1.0e9, 1.0e9, "any", "the flow sensor reads the flow with the wrong sign"),
    ("sensor-crc", 1.0, 0.0, 1.0, "share", "that share of the flow readings comes with a wrong checksum"),
    ("home-moves", 30.0, -360.0, 360.0, "deg", "the home mark is that much further on"),
    ("balance-touched", 500.0, -1.0e6, 1.0e6, "mg", "something presses on the balance, and it does not come to rest"),
    ("balance-overload", 1.0, -1.0e9, 1.0e9, "any", "the balance shows an overload"),
    ("balance-silent", 1.0, -1.0e9, 1.0e9, "any", "the balance does not answer"),
    ("balance-unit", 1.0, -1.0e9, 1.0e9, "any", "the balance changes its unit"),
    ("power-cut", 1.0, -1.0e9, 1.0e9, "any", "the board loses its power, and gets it back when the fault ends"),
    ("unplug", 1.0, -1.0e9, 1.0e9, "any", "the link's cable is out"),
    ("bit-errors", 1.0e-4, 0.0, 1.0, "share", "that share of the link's bits is wrong"),
    ("slow-tick", 20.0, 0.0, 10000.0, "ms", "each tick of the control loop takes that much longer"),
    ("steps-missing", 1.0, 0.0, 1.0, "share", "the step generator leaves out that share of the motor's steps, and counts none of them"),
)  # fmt: skip


def complete(given: "dict[str, Any]") -> "dict[str, Any]":
    """Return a whole configuration: what was given (not checked here), and the default of every other key."""
    whole: dict[str, Any] = {}
    for section, key, _, default, _, _, _, _ in KEYS:
        values = whole.setdefault(section, {})
        values[key] = given.get(section, {}).get(key, default)
    if whole["source"]["kind"] == "constant-flow" and "temperature_c" not in given.get("fluid", {}):
        whole["fluid"]["temperature_c"] = CONSTANT_FLOW_TEMPERATURE_C
    whole["faults"] = [complete_fault(fault) for fault in given.get("faults", [])]
    return whole


def complete_fault(given: "dict[str, Any]") -> "dict[str, Any]":
    """Return a whole fault: `kind` must be given, the rest takes its default."""
    fault = {key: given.get(key, default) for key, default, _, _, _, _ in FAULT_KEYS}
    fault["kind"] = given["kind"]
    value = given.get("value")
    if value is None:
        value = {kind: default for kind, default, _, _, _, _ in FAULT_KINDS}[given["kind"]]
    fault["value"] = value
    return fault
