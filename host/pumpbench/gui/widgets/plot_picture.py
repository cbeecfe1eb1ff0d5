"""A stack of plots as a picture: PNG for a screen, SVG for print."""

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QPainter

from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.stacked_plots import StackedPlots

_HEADING = 34
_SHARPER = 2
"""Pixels of a PNG for each of the screen."""


def png_of(plots: StackedPlots, heading: str, theme: Theme) -> QImage:
    """The picture, twice as sharp as the screen."""
    size = _size(plots)
    image = QImage(size * _SHARPER, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(_SHARPER)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _draw(painter, plots, heading, theme, size)
    painter.end()
    return image


def svg_of(plots: StackedPlots, heading: str, theme: Theme) -> bytes:
    """The picture as an SVG document."""
    from PyQt6.QtSvg import QSvgGenerator  # needed here alone

    size, document = _size(plots), QByteArray()
    buffer = QBuffer(document)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setTitle(heading)
    painter = QPainter(generator)
    _draw(painter, plots, heading, theme, size)
    painter.end()
    buffer.close()
    return bytes(document.data())


def writer_of(image: QImage, path: Path) -> Callable[[], Path]:
    """What writes the picture; to be called where the disk may be waited for."""

    def write() -> Path:
        if not image.save(str(path), "PNG"):
            raise OSError(f"{path} cannot be written as a PNG")
        return path

    return write


def _size(plots: StackedPlots) -> QSize:
    return QSize(plots.width(), plots.height() + _HEADING)


def _draw(painter: QPainter, plots: StackedPlots, heading: str, theme: Theme, size: QSize) -> None:
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), QColor(theme.panel))
    painter.setPen(QColor(theme.text))
    place = QRectF(12, 0, size.width() - 24, _HEADING)
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, heading)
    plots.draw_on(painter, QRectF(0, _HEADING, size.width(), size.height() - _HEADING))
