"""What readings that somebody recorded are analysed for, from the little that is known of them."""

from collections.abc import Sequence

from pumpbench.trials.analysis import Settings
from pumpbench.trials.density import USUAL_DENSITY_G_ML, Conditions, Liquid
from pumpbench.trials.knowledge import DENSITY_HALF_WIDTH_G_ML, Knowledge


def recorded_settings(
    rate_ml_h: float,
    interval_s: float,
    windows_min: Sequence[float],
    analyse_min: tuple[float, float],
    *,
    density_g_ml: float | None = None,
    conditions: Conditions | None = None,
    evaporation_mg_h: float | None = None,
    resolution_mg: float | None = None,
    repeatability_mg: float | None = None,
    drift_mg_h: float | None = None,
) -> Settings:
    """Return the settings; what is None was not stated, and what is usual is then assumed, but for the
    balance's own figures. Water's density is taken where `conditions` are given and no density."""
    known = Knowledge(
        resolution_mg=resolution_mg,
        repeatability_mg=repeatability_mg,
        drift_mg_h=drift_mg_h,
        assumed=frozenset({"density", "buoyancy"}),
    ).with_usual(evaporation_mg_h)
    return Settings(
        rate_ml_h=rate_ml_h,
        interval_s=interval_s,
        windows_min=tuple(windows_min),
        analyse_min=analyse_min,
        liquid=_liquid(density_g_ml, conditions),
        evaporation_mg_h=evaporation_mg_h or 0.0,
        knowledge=known,
    )


def _liquid(density_g_ml: float | None, conditions: Conditions | None) -> Liquid:
    if conditions is None:
        return Liquid.given(density_g_ml or USUAL_DENSITY_G_ML, DENSITY_HALF_WIDTH_G_ML)
    if density_g_ml is None:
        return Liquid.water(conditions)
    return Liquid.given(density_g_ml, DENSITY_HALF_WIDTH_G_ML, conditions)
