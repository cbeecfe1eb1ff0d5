"""The signs beside words, drawn by code: no font has all of them, and some systems make pictures of them."""

from collections.abc import Callable
from math import cos, pi, sin

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from pumpbench.gui.models import state as states

Drawing = Callable[[QPainterPath], None]


def paint_sign(painter: QPainter, sign: str, box: QRectF, colour: str) -> None:
    """Draw a sign of ``models.state``, or of a page, into `box`, as large as fits."""
    side = min(box.width(), box.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.center().x() - side / 2, box.center().y() - side / 2)
    painter.scale(side, side)
    path = QPainterPath()
    _DRAWINGS[sign](path)
    if sign in _FILLED:
        painter.fillPath(path, QColor(colour))
    else:
        pen = QPen(QColor(colour), 0.12, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(path, pen)
    painter.restore()


def icon_of(sign: str, colour: str, size: int = 20) -> QIcon:
    """A sign as an icon, sharp on screens of up to three times the usual density."""
    pixmap = QPixmap(QSize(size * 3, size * 3))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_sign(painter, sign, QRectF(0, 0, size * 3, size * 3), colour)
    painter.end()
    return QIcon(pixmap)


def _polygon(path: QPainterPath, *points: tuple[float, float]) -> None:
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()


def _line(path: QPainterPath, *points: tuple[float, float]) -> None:
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)


def _drop(path: QPainterPath) -> None:
    path.moveTo(0.5, 0.08)
    path.cubicTo(0.62, 0.32, 0.8, 0.48, 0.8, 0.66)
    path.cubicTo(0.8, 0.84, 0.66, 0.94, 0.5, 0.94)
    path.cubicTo(0.34, 0.94, 0.2, 0.84, 0.2, 0.66)
    path.cubicTo(0.2, 0.48, 0.38, 0.32, 0.5, 0.08)


def _turn(path: QPainterPath) -> None:
    box = QRectF(0.18, 0.18, 0.64, 0.64)
    path.arcMoveTo(box, 60)
    path.arcTo(box, 60, -300)
    _line(path, (0.62, 0.06), (0.68, 0.24), (0.5, 0.32))


def _back(path: QPainterPath) -> None:
    _line(path, (0.86, 0.5), (0.16, 0.5))
    _line(path, (0.42, 0.22), (0.14, 0.5), (0.42, 0.78))


def _cross(path: QPainterPath) -> None:
    corners = [
        (0.5 + 0.46 * cos(pi / 8 + pi / 4 * k), 0.5 + 0.46 * sin(pi / 8 + pi / 4 * k)) for k in range(8)
    ]
    _polygon(path, *corners)
    _line(path, (0.34, 0.34), (0.66, 0.66))
    _line(path, (0.66, 0.34), (0.34, 0.66))


def _question(path: QPainterPath) -> None:
    path.moveTo(0.3, 0.32)
    path.cubicTo(0.32, 0.04, 0.74, 0.08, 0.7, 0.36)
    path.cubicTo(0.68, 0.5, 0.5, 0.5, 0.5, 0.66)
    _line(path, (0.5, 0.86), (0.5, 0.87))


def _gear(path: QPainterPath) -> None:
    path.addEllipse(QRectF(0.28, 0.28, 0.44, 0.44))
    for k in range(8):
        x, y = cos(pi / 4 * k), sin(pi / 4 * k)
        _line(path, (0.5 + 0.34 * x, 0.5 + 0.34 * y), (0.5 + 0.44 * x, 0.5 + 0.44 * y))


def _plug(path: QPainterPath) -> None:
    _line(path, (0.36, 0.08), (0.36, 0.3))
    _line(path, (0.64, 0.08), (0.64, 0.3))
    _polygon(path, (0.22, 0.3), (0.78, 0.3), (0.78, 0.48), (0.62, 0.66), (0.38, 0.66), (0.22, 0.48))
    _line(path, (0.5, 0.66), (0.5, 0.94))


def _dial(path: QPainterPath) -> None:
    path.arcMoveTo(QRectF(0.08, 0.14, 0.84, 0.84), -20)
    path.arcTo(QRectF(0.08, 0.14, 0.84, 0.84), -20, 220)
    _line(path, (0.5, 0.56), (0.7, 0.3))


def _vessel(path: QPainterPath) -> None:
    _line(path, (0.22, 0.1), (0.22, 0.78), (0.34, 0.9), (0.66, 0.9), (0.78, 0.78), (0.78, 0.1))
    _line(path, (0.22, 0.5), (0.78, 0.5))


def _list(path: QPainterPath) -> None:
    for y in (0.22, 0.5, 0.78):
        _line(path, (0.12, y), (0.14, y))
        _line(path, (0.34, y), (0.88, y))


def _curve(path: QPainterPath) -> None:
    _line(path, (0.1, 0.1), (0.1, 0.9), (0.92, 0.9))
    path.moveTo(0.22, 0.7)
    path.cubicTo(0.44, 0.7, 0.4, 0.24, 0.58, 0.3)
    path.cubicTo(0.7, 0.34, 0.72, 0.56, 0.9, 0.5)


def _flask(path: QPainterPath) -> None:
    _line(path, (0.4, 0.1), (0.4, 0.4), (0.16, 0.84), (0.24, 0.92), (0.76, 0.92), (0.84, 0.84), (0.6, 0.4),
          (0.6, 0.1))  # fmt: skip
    _line(path, (0.3, 0.1), (0.7, 0.1))
    _line(path, (0.3, 0.66), (0.7, 0.66))


def _folder(path: QPainterPath) -> None:
    _polygon(path, (0.08, 0.2), (0.4, 0.2), (0.48, 0.32), (0.92, 0.32), (0.92, 0.84), (0.08, 0.84))


_FILLED = {states.SQUARE, states.PLAY, states.BARS, states.DROP}
_DRAWINGS: dict[str, Drawing] = {
    states.SQUARE: lambda path: path.addRect(QRectF(0.14, 0.14, 0.72, 0.72)),
    states.PLAY: lambda path: _polygon(path, (0.18, 0.08), (0.92, 0.5), (0.18, 0.92)),
    states.BARS: lambda path: (
        path.addRect(QRectF(0.18, 0.12, 0.22, 0.76)),
        path.addRect(QRectF(0.6, 0.12, 0.22, 0.76)),
    )[0],
    states.DRIP: _drop,
    states.DROP: _drop,
    states.TURN: _turn,
    states.TICK: lambda path: _line(path, (0.12, 0.54), (0.4, 0.82), (0.88, 0.2)),
    states.CROSS: _cross,
    states.BACK: _back,
    states.QUESTION: _question,
    "connect": _plug,
    "overview": _dial,
    "reservoirs": _vessel,
    "program": _list,
    "plots": _curve,
    "trials": _flask,
    "runs": _folder,
    "settings": _gear,
    "help": _question,
}
