"""What fills a whole plot, and has no say in its range."""

from typing import Any

import pyqtgraph as pg
from PyQt6.QtCore import QRectF


class FillsPlot:
    """To be inherited from before an item of pyqtgraph's."""

    def boundingRect(self) -> QRectF:  # noqa: N802  Qt's name
        """The whole plot."""
        view = self.getViewBox()  # type: ignore[attr-defined]
        return QRectF() if view is None else QRectF(view.viewRect())

    def viewRangeChanged(self) -> None:  # noqa: N802  pyqtgraph's name
        """Follow the plot."""
        self.prepareGeometryChange()  # type: ignore[attr-defined]

    def dataBounds(self, *_: Any) -> tuple[None, None]:  # noqa: N802  pyqtgraph's name
        """Have no say in the plot's range."""
        return (None, None)


class PlotLayer(FillsPlot, pg.GraphicsObject):  # type: ignore[misc]
    """What is painted over or behind a plot's curves, by a subclass."""


class Line(FillsPlot, pg.PlotCurveItem):  # type: ignore[misc]
    """A curve whose values nobody searches for its extent."""
