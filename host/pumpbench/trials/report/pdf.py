"""A report as a PDF on A4, by ReportLab: pure Python, so that it needs no system library to make a page."""

import io
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import matplotlib
from matplotlib.figure import Figure
from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    Image,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
)
from reportlab.platypus import Table as PdfTable

from pumpbench.trials.report.parts import Content, Section, Table
from pumpbench.trials.report.plots import SIZE_INCHES, as_png

FONT, BOLD = "DejaVuSans", "DejaVuSans-Bold"
MARGIN = 16 * mm
_PADDING = 6  # points, of the frame that a page's text stands in
WIDTH = A4[0] - 2 * MARGIN - 2 * _PADDING
_PLOT = 0.9  # of the width, so that the two of a delivery stand on one page with its figures
_KEPT_PARTS = 4  # sentence, figures and two plots fit on a page
_KEPT_ROWS = 25  # a table of no more rows stands on one page
_INK, _SOFT, _LINE, _HEAD = (colors.HexColor(code) for code in ("#1c2630", "#44525f", "#d8dfe6", "#eef2f6"))
_VERDICTS = {
    "pass": colors.HexColor("#2c7a4b"),
    "fail": colors.HexColor("#b03030"),
    "inconclusive": colors.HexColor("#9a6a00"),
}
_RED = _VERDICTS["fail"]


def pdf(report: Content) -> bytes:
    """Return the file's bytes."""
    _fonts()
    file = io.BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=16 * mm,
        bottomMargin=20 * mm,
        title=f"{report.title}: {report.subtitle}",
        author="pumpbench",
        invariant=1,
    )
    document.build(_story(report), canvasmaker=_canvas_of(report))
    return file.getvalue()


def _fonts() -> None:
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for name in (FONT, BOLD):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, folder / f"{name}.ttf"))
    pdfmetrics.registerFontFamily(FONT, normal=FONT, bold=BOLD, italic=FONT, boldItalic=BOLD)


def _style(size: float, font: str = FONT, ink: Any = _INK, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        f"{font}{size}", fontName=font, fontSize=size, leading=1.35 * size, textColor=ink, alignment=TA_LEFT,
        splitLongWords=True, **more,
    )  # fmt: skip


def _story(report: Content) -> list[Flowable]:
    story: list[Flowable] = [
        Paragraph(escape(report.title), _style(19, BOLD)),
        Spacer(1, 2 * mm),
        Paragraph(escape(report.subtitle), _style(12, ink=_SOFT)),
        Spacer(1, 4 * mm),
    ]
    if report.notice:
        story += [
            _box(Paragraph(escape(report.notice), _style(9, BOLD, _RED)), None, _RED),
            Spacer(1, 3 * mm),
        ]
    banner = f"<font size=14><b>{report.verdict.upper()}</b></font> &nbsp; {escape(report.verdict_sentence)}"
    story.append(_box(Paragraph(banner, _style(9, ink=colors.white)), _VERDICTS[report.verdict], None))
    for section in report.sections:
        story += _section(section)
    story.append(KeepTogether([Spacer(1, 14 * mm), _signatures(report.signatures)]))
    return story


def _section(section: Section) -> list[Flowable]:
    parts = [_part(part) for part in section.parts]
    title = Paragraph(escape(section.title), _style(11.5, BOLD, spaceBefore=7 * mm, spaceAfter=2 * mm))
    # A sentence that leads to a table goes with it.
    first = 2 if len(parts) > 1 and isinstance(section.parts[0], str) else 1
    rest = [
        KeepTogether([made]) if isinstance(part, Table) and len(part.rows) <= _KEPT_ROWS else made
        for part, made in zip(section.parts[first:], parts[first:], strict=True)
    ]
    if len(parts) <= _KEPT_PARTS and any(isinstance(part, Figure) for part in section.parts):
        return [KeepTogether([title, *parts])]  # figures and the plots that show them stand on one page
    return [CondPageBreak(35 * mm), KeepTogether([title, *parts[:first]]), *rest]


def _part(part: str | Table | Figure) -> Flowable:
    if isinstance(part, str):
        return Paragraph(escape(part), _style(8.5, spaceBefore=1 * mm, spaceAfter=2 * mm))
    if isinstance(part, Table):
        return _table(part)
    width, height = (_PLOT * WIDTH / SIZE_INCHES[0] * inches for inches in SIZE_INCHES)
    return Image(io.BytesIO(as_png(part)), width, height, hAlign="LEFT")


def _table(table: Table) -> PdfTable:
    shares = table.widths or (1,) * len(table.rows[0] if table.rows else table.head)
    head = [[Paragraph(escape(cell), _style(7.8, BOLD)) for cell in table.head]] if table.head else []
    made = PdfTable(
        head + [_row(table, row) for row in table.rows] or [[""]],
        colWidths=[WIDTH * share / sum(shares) for share in shares],
        repeatRows=len(head),
        spaceBefore=1 * mm,
        spaceAfter=2 * mm,
        hAlign="LEFT",
    )
    rules: list[Any] = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 1.6),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.4),
    ]
    if head:
        rules.append(("BACKGROUND", (0, 0), (-1, 0), _HEAD))
    made.setStyle(rules)
    return made


def _row(table: Table, row: tuple[str, ...]) -> list[Paragraph]:
    cells = []
    for place, cell in enumerate(row):
        font, ink = FONT, _INK
        if not table.head and place == 0:
            ink = _SOFT
        if table.verdicts and place == len(row) - 1:
            font, ink = BOLD, _VERDICTS.get(cell, _INK)
        cells.append(Paragraph(escape(cell), _style(7.8, font, ink)))
    return cells


def _box(inside: Flowable, fill: Any, line: Any) -> PdfTable:
    box = PdfTable([[inside]], colWidths=[WIDTH], hAlign="LEFT")
    rules: list[Any] = [("TOPPADDING", (0, 0), (-1, -1), 6), ("BOTTOMPADDING", (0, 0), (-1, -1), 8)]
    if fill is not None:
        rules.append(("BACKGROUND", (0, 0), (-1, -1), fill))
    if line is not None:
        rules.append(("BOX", (0, 0), (-1, -1), 1.2, line))
    box.setStyle(rules)
    return box


def _signatures(who: tuple[str, str]) -> PdfTable:
    gap = 12 * mm
    width = (WIDTH - gap) / 2
    names = [Paragraph(escape(name), _style(8.5, BOLD)) for name in who]
    below = [Paragraph("name, date, signature", _style(7.5, ink=_SOFT)) for _ in who]
    made = PdfTable(
        [[names[0], "", names[1]], ["", "", ""], [below[0], "", below[1]]],
        colWidths=[width, gap, width],
        rowHeights=[None, 16 * mm, None],
        hAlign="LEFT",
    )
    made.setStyle([("LINEBELOW", (0, 1), (0, 1), 0.7, _INK), ("LINEBELOW", (2, 1), (2, 1), 0.7, _INK)])
    return made


def _canvas_of(report: Content) -> type[Canvas]:
    """A canvas that knows how many pages there are, and draws what stands on each of them."""

    class Numbered(Canvas):  # type: ignore[misc]  # reportlab has no types
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, 1):
                self.__dict__.update(page)
                _decorate(self, report, number, len(self._pages))
                super().showPage()
            super().save()

    return Numbered


def _decorate(canvas: Any, report: Content, number: int, pages: int) -> None:
    canvas.saveState()
    if report.simulated:
        canvas.setFillColor(_RED, alpha=0.09)
        canvas.setFont(BOLD, 86)
        canvas.translate(A4[0] / 2, A4[1] / 2)
        canvas.rotate(52)
        canvas.drawCentredString(0, -30, "SIMULATED")
    canvas.restoreState()
    canvas.saveState()
    canvas.setStrokeColor(_LINE)
    canvas.line(MARGIN, 14 * mm, A4[0] - MARGIN, 14 * mm)
    canvas.setFillColor(_SOFT)
    canvas.setFont(FONT, 6.8)
    canvas.drawString(MARGIN, 10 * mm, report.footer[:120])
    canvas.drawRightString(A4[0] - MARGIN, 10 * mm, f"page {number} of {pages}")
    canvas.restoreState()
