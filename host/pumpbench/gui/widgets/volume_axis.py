"""A second scale for volume at the right of a plot; it is there while something is shown on it."""

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PyQt6.QtGui import QPen

_HEADROOM = 1.25


class VolumeAxis:
    """For one ``PlotWidget``."""

    def __init__(self, plot: pg.PlotWidget) -> None:
        self._plot = plot
        self._view = pg.ViewBox()
        self._view.setMouseEnabled(False, False)
        item = plot.getPlotItem()
        item.scene().addItem(self._view)
        item.getAxis("right").linkToView(self._view)
        item.getAxis("right").enableAutoSIPrefix(False)
        self._view.setXLink(item)
        item.vb.sigResized.connect(self._follow)
        self._curve: pg.PlotDataItem | None = None
        self._follow()

    def clear(self) -> None:
        """Show nothing."""
        if self._curve is not None:
            self._view.removeItem(self._curve)
            self._curve = None
        self._plot.hideAxis("right")

    def show(
        self,
        time_s: npt.NDArray[np.float64],
        volume_ml: npt.NDArray[np.float64],
        whole_ml: float,
        pen: QPen,
        ink: str,
    ) -> pg.PlotDataItem:
        """Show a volume over time, on a scale where `whole_ml` has its place too."""
        self._curve = pg.PlotDataItem(time_s, volume_ml, pen=pen)
        self._view.addItem(self._curve)
        top = max(float(np.nanmax(volume_ml, initial=0.0)), whole_ml, 1e-6)
        self._view.setYRange(-top * 0.02, top * _HEADROOM, padding=0)
        self._plot.showAxis("right")
        self._plot.setLabel("right", "Volume", units="mL", color=ink)
        self._follow()
        return self._curve

    def _follow(self) -> None:
        self._view.setGeometry(self._plot.getPlotItem().vb.sceneBoundingRect())
