"""The names of the pages, at the left."""

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import QListWidget, QListWidgetItem

from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.signs import icon_of

_WIDTH = 158


class Navigation(QListWidget):
    """A list; the current row is the page that is shown."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._signs: list[str] = []
        self.setObjectName("navigation")
        self.setAccessibleName(self.tr("Pages"))
        self.setFixedWidth(_WIDTH)
        self.setIconSize(QSize(20, 20))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.set_theme(theme)

    def add_page(self, title: str, sign: str) -> None:
        """Add a page below those before it; the first nine are reached by Ctrl and their number."""
        item = QListWidgetItem(title)
        number = self.count() + 1
        item.setToolTip(self.tr("{0} (Ctrl+{1})").format(title, number))
        item.setSizeHint(QSize(_WIDTH - 10, 38))
        self.addItem(item)
        self._signs.append(sign)
        self._draw_icons()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        self.setStyleSheet(
            f"#navigation {{ background: {theme.window}; border: 0; border-right: 1px solid {theme.grid};"
            " outline: 0; }"
            "#navigation::item { padding: 4px 6px; border: 0; border-left: 4px solid transparent; }"
            f"#navigation::item:selected {{ background: {theme.panel}; color: {theme.text};"
            f" border-left: 4px solid {theme.accent}; }}"
            f"#navigation::item:hover {{ background: {theme.panel}; }}"
            f"#navigation::item:selected:focus {{ border: 1px solid {theme.accent};"
            f" border-left: 4px solid {theme.accent}; }}"
        )
        self._draw_icons()

    def _draw_icons(self) -> None:
        for row, sign in enumerate(self._signs):
            item = self.item(row)
            assert item is not None
            item.setIcon(icon_of(sign, self._theme.text))
