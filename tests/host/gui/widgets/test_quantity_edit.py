"""The field for a quantity, typed into."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from tests.host.gui.hands import press, type_into

from pumpbench.gui.widgets.quantity_edit import QuantityEdit
from pumpbench.units import RATE
from pumplink.numbers import MAX_FLOW_NL_H


@pytest.fixture
def rate(qtbot: QtBot) -> QuantityEdit:
    made = QuantityEdit(RATE, "Rate", minimum=1, maximum=MAX_FLOW_NL_H)
    qtbot.addWidget(made)
    made.show()
    return made


def sentence(rate: QuantityEdit) -> str:
    label = rate.findChild(QLabel)
    assert label is not None
    return label.text() if label.isVisible() else ""


def test_what_is_wrong_is_shown_while_typing_and_gone_when_it_is_right(rate: QuantityEdit) -> None:
    assert sentence(rate) == ""
    type_into(rate.edit, "1.2")
    assert sentence(rate) == '⚠ Rate has no unit; write it like "1.2 mL/day" or "50 uL/h"'
    assert rate.edit.accessibleDescription() == rate.problem
    type_into(rate.edit, " ml/d")
    assert sentence(rate) == ""
    assert rate.value == 50_000


def test_the_text_is_put_in_order_when_the_field_is_left(rate: QuantityEdit) -> None:
    type_into(rate.edit, "50 ul/h")
    press(rate.edit, Qt.Key.Key_Return)
    assert rate.edit.text() == "1.2 mL/day"


def test_the_value_is_told_once_for_each_change(rate: QuantityEdit) -> None:
    told: list[int | None] = []
    rate.value_changed.connect(told.append)
    rate.set_value(6_000_000)
    press(rate.edit, Qt.Key.Key_Return)
    rate.set_value(None)
    assert told == [6_000_000, None]


def test_an_untouched_field_is_silent_until_it_is_asked(rate: QuantityEdit) -> None:
    assert rate.show_problem()
    assert "is empty" in sentence(rate)
