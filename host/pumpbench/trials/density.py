"""From grams to millilitres: the density of water and of air, and what the air's buoyancy hides.

Sources: density of water by temperature, of air by temperature, pressure and humidity, and Z = V / m as in
ISO 8655-6 and ISO/TR 20461 (there with the fits of Tanaka and of Spieweck and Bettin).
"""

from dataclasses import dataclass
from typing import Self

from pumpbench.trials.errors import BadSettingError

USUAL_DENSITY_G_ML = 0.998
WEIGHTS_KG_M3 = 8000.0
USUAL_AIR_KG_M3 = 1.2
USUAL_HUMIDITY_PERCENT = 50.0
WATER_C = (0.0, 50.0)
AIR_HPA = (500.0, 1200.0)
DENSITY_G_ML = (0.1, 20.0)

_WATER = (999.85308, 6.32693e-2, -8.523829e-3, 6.943248e-5, -3.821216e-7)


def water_kg_m3(temperature_c: float) -> float:
    """Density of air-free water at 0 to 50 degrees Celsius (ISO/TR 20461, A.3)."""
    return sum(factor * temperature_c**power for power, factor in enumerate(_WATER))


def air_kg_m3(temperature_c: float, pressure_hpa: float, humidity_percent: float) -> float:
    """Density of moist air (ISO/TR 20461, A.4)."""
    moist = humidity_percent * (0.020582 - 0.00252 * temperature_c)
    return (0.34844 * pressure_hpa + moist) / (temperature_c + 273.15)


def z_ml_g(liquid_kg_m3: float, air_kg_m3: float) -> float:
    """Volume of a liquid by what a balance shows of it: ISO 8655-6's Z, in mL/g."""
    return 1000.0 * (1.0 - air_kg_m3 / WEIGHTS_KG_M3) / (liquid_kg_m3 - air_kg_m3)


@dataclass(frozen=True)
class Conditions:
    """What is known of liquid and air, each with its half-width (the true value lies within)."""

    temperature_c: float
    pressure_hpa: float
    humidity_percent: float = USUAL_HUMIDITY_PERCENT
    temperature_half_c: float = 1.0
    pressure_half_hpa: float = 5.0
    humidity_half_percent: float = 40.0


@dataclass(frozen=True)
class Liquid:
    """What a gram on the balance stands for, and how well that is known.

    Attributes:
        ml_per_g: volume by what the balance shows.
        density_half_ppm: half-width of what the liquid's density does to it, None when nobody stated it.
        buoyancy_half_ppm: the same for the air's buoyancy.
        corrected: whether buoyancy is corrected.
        words: all this for a reader.
    """

    ml_per_g: float
    density_half_ppm: float | None
    buoyancy_half_ppm: float
    corrected: bool
    words: str

    @classmethod
    def given(
        cls,
        density_g_ml: float = USUAL_DENSITY_G_ML,
        half_width_g_ml: float | None = None,
        conditions: Conditions | None = None,
    ) -> Self:
        """Return a liquid of a density that is given; buoyancy is corrected only with `conditions`.

        What is not corrected still stands in the budget: the whole correction, as a half-width.
        """
        _check("density", density_g_ml, DENSITY_G_ML, "g/mL")
        density_ppm = None if half_width_g_ml is None else 1e6 * half_width_g_ml / density_g_ml
        if conditions is None:
            factor = 1.0 / density_g_ml
            hidden = z_ml_g(1000.0 * density_g_ml, USUAL_AIR_KG_M3) / factor - 1.0
            words = f"{density_g_ml:.6g} g/mL as given, buoyancy not corrected"
            return cls(factor, density_ppm, 1e6 * abs(hidden), False, words)
        _check_conditions(conditions)
        air = _air(conditions)
        factor = z_ml_g(1000.0 * density_g_ml, air)
        unsure = _air_half_width(conditions) + air * conditions.temperature_half_c / (
            conditions.temperature_c + 273.15
        )
        hidden = z_ml_g(1000.0 * density_g_ml, air + unsure) / factor - 1.0
        words = f"{density_g_ml:.6g} g/mL as given, buoyancy corrected at {_words(conditions)}"
        return cls(factor, density_ppm, 1e6 * abs(hidden), True, words)

    @classmethod
    def water(cls, conditions: Conditions) -> Self:
        """Return water at these conditions, its volume after ISO 8655-6: V = m Z(temperature, pressure).

        Warmer water is lighter and so is warmer air: the temperature's share is taken over both together.
        """
        _check_conditions(conditions)
        now = conditions.temperature_c
        half = conditions.temperature_half_c
        factor = _water_z(conditions, now)
        # One-sided each way, so that it holds at 4 degrees too, where the slope is zero.
        by_temperature = max(abs(_water_z(conditions, now + side) - factor) for side in (-half, half))
        by_air = z_ml_g(water_kg_m3(now), _air(conditions) + _air_half_width(conditions)) - factor
        words = f"water at {_words(conditions)}: Z = {factor:.6f} mL/g, buoyancy corrected"
        return cls(factor, 1e6 * by_temperature / factor, 1e6 * abs(by_air) / factor, True, words)


def _water_z(conditions: Conditions, temperature_c: float) -> float:
    air = air_kg_m3(temperature_c, conditions.pressure_hpa, conditions.humidity_percent)
    return z_ml_g(water_kg_m3(temperature_c), air)


def _air(conditions: Conditions) -> float:
    return air_kg_m3(conditions.temperature_c, conditions.pressure_hpa, conditions.humidity_percent)


def _air_half_width(conditions: Conditions) -> float:
    """Half-width of the air's density by pressure and humidity, added up."""
    middle = _air(conditions)
    by_pressure = middle * conditions.pressure_half_hpa / conditions.pressure_hpa
    damper = conditions.humidity_percent + conditions.humidity_half_percent
    by_humidity = air_kg_m3(conditions.temperature_c, conditions.pressure_hpa, damper) - middle
    return by_pressure + abs(by_humidity)


def _words(conditions: Conditions) -> str:
    return f"{conditions.temperature_c:.4g} °C and {conditions.pressure_hpa:.6g} hPa"


def _check_conditions(conditions: Conditions) -> None:
    _check("temperature", conditions.temperature_c, WATER_C, "°C")
    _check("air pressure", conditions.pressure_hpa, AIR_HPA, "hPa")
    _check("air humidity", conditions.humidity_percent, (0.0, 100.0), "%")


def _check(what: str, value: float, allowed: tuple[float, float], unit: str) -> None:
    low, high = allowed
    if not low <= value <= high:
        raise BadSettingError(f"a {what} of {value:g} {unit} is outside {low:g} to {high:g} {unit}")
