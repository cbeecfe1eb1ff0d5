"""What lies behind a plot's curves, fills the whole plot, and has no say in its range."""

from typing import Any

import pyqtgraph as pg
from PyQt6.QtCore import QRectF


class PlotLayer(pg.GraphicsObject):  # type: ignore[misc]
    """A subclass paints."""

    def boundingRect(self) -> QRectF:  # noqa: N802  Qt's name
        """The whole plot."""
        view = self.getViewBox()
        return QRectF() if view is None else QRectF(view.viewRect())

    def viewRangeChanged(self) -> None:  # noqa: N802  pyqtgraph's name
        """Follow the plot."""
        self.prepareGeometryChange()

    def dataBounds(self, *_: Any) -> tuple[None, None]:  # noqa: N802  pyqtgraph's name
        """Have no say in the plot's range."""
        return (None, None)
