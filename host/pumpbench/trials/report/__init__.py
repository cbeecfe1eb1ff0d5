"""The report of a trial: what a reader signs, as HTML and as PDF."""

from pathlib import Path
from typing import Any

from pumpbench.trials.conduct.folder import Folder
from pumpbench.trials.report.content import content
from pumpbench.trials.report.html import html
from pumpbench.trials.report.pdf import pdf

HTML = "report.html"
PDF = "report.pdf"


def write_report(folder: Folder, result: dict[str, Any]) -> dict[str, Path]:
    """Write a trial's report into its folder; returns where, as ``report_html`` and ``report_pdf``."""
    places = {"report_html": folder.path / HTML, "report_pdf": folder.path / PDF}
    places["report_html"].write_text(html(content(folder, result)), encoding="utf-8")
    places["report_pdf"].write_bytes(pdf(content(folder, result)))
    return places
