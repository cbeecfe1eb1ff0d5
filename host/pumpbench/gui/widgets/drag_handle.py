"""A point on a plot that is dragged along one axis, or both."""

from collections.abc import Callable

import pyqtgraph as pg
from PyQt6.QtCore import Qt
from pyqtgraph.GraphicsScene.mouseEvents import MouseDragEvent

SIZE = 11


class DragHandle(pg.TargetItem):  # type: ignore[misc]
    """`moved` is told where the mouse is, in the plot's units, `let_go` when it is over."""

    def __init__(
        self,
        where: tuple[float, float],
        colours: tuple[str, str],
        cursor: Qt.CursorShape,
        moved: Callable[[float, float], None],
        let_go: Callable[[], None],
    ) -> None:
        outline, fill = colours
        symbol = "t1" if cursor == Qt.CursorShape.SizeVerCursor else "d"
        super().__init__(where, SIZE, symbol, pen=pg.mkPen(outline, width=2), brush=fill, hoverBrush=outline)
        self.setCursor(cursor)
        self.drag_to = moved
        self.let_go = let_go

    def mouseDragEvent(self, event: MouseDragEvent) -> None:  # noqa: N802  Qt's name
        """Hand on where it is dragged to; it stands where the program then puts it."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        event.accept()
        view = self.getViewBox()
        at = view.mapSceneToView(event.scenePos())
        self.drag_to(at.x(), at.y())
        if event.isFinish():
            self.let_go()
