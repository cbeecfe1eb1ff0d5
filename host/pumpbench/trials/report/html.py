"""A report as one HTML file that needs nothing else."""

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

from pumpbench.trials.report.parts import Content
from pumpbench.trials.report.plots import as_svg


def html(report: Content) -> str:
    """Return the page."""
    environment = Environment(
        loader=PackageLoader("pumpbench.trials.report", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("report.html.j2").render(report=report, svg=_svg)


def _svg(figure: Figure) -> Markup:
    return Markup(as_svg(figure))
