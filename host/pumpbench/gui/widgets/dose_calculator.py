"""The dose calculator of the exercise on the bench: weight, flow, concentration and dose of each other."""

from PyQt6.QtWidgets import QComboBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from pumpbench.files.fields import MAX_CONCENTRATION_NG_ML
from pumpbench.gui.models.dose import Dose, concentration_for, flow_for
from pumpbench.gui.widgets.quantity_edit import QuantityEdit
from pumpbench.units import CONCENTRATION, DOSE, MASS, MAX_VOLUME_NL, RATE, VOLUME, WEIGHT_DOSE
from pumplink.numbers import MAX_FLOW_NL_H

FROM_CONCENTRATION, FROM_DOSE, FLOW = 0, 1, 2
_HEAVIEST_UG = 500_000_000_000
_MOST_NG_KG_DAY = 10**12
_DAYS = 14
# The worked example of hepatic-artery infusion: 70 kg, 30 mL, 1.3 mL/day, 0.12 mg/kg/day.
_EXAMPLE = {"weight": "70 kg", "flow": "1.3 mL/day", "dose": "0.12 mg/kg/day", "volume": "30 mL"}


class DoseCalculator(QWidget):
    """Works out, sends nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.wanted = QComboBox()
        self.wanted.addItems([self.tr("the dose"), self.tr("the concentration"), self.tr("the flow")])
        self.wanted.setAccessibleName(self.tr("What to work out"))
        self.weight = QuantityEdit(MASS, self.tr("Body weight"), minimum=1, maximum=_HEAVIEST_UG)
        self.flow = QuantityEdit(RATE, self.tr("Flow of the pump"), minimum=1, maximum=MAX_FLOW_NL_H)
        self.concentration = QuantityEdit(
            CONCENTRATION, self.tr("Concentration"), minimum=1, maximum=MAX_CONCENTRATION_NG_ML
        )
        self.dose = QuantityEdit(WEIGHT_DOSE, self.tr("Dose"), minimum=1, maximum=_MOST_NG_KG_DAY)
        self.volume = QuantityEdit(VOLUME, self.tr("Volume of the pump"), minimum=1, maximum=MAX_VOLUME_NL)
        self.outcome = QLabel()
        self.outcome.setWordWrap(True)
        self._lay_out()
        self._fields = (self.weight, self.flow, self.concentration, self.dose, self.volume)
        for field, text in zip(
            (self.weight, self.flow, self.dose, self.volume), _EXAMPLE.values(), strict=True
        ):
            field.edit.setText(text)
        for field in self._fields:
            field.value_changed.connect(self._work_out)
        self.wanted.currentIndexChanged.connect(self._work_out)
        self.wanted.setCurrentIndex(FROM_DOSE)

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Dose calculator"))
        title.setProperty("look", "title")
        warning = QLabel(
            self.tr("⚠ For the exercise of hepatic-artery infusion on the bench. Not for patients.")
        )
        warning.setProperty("look", "problem")
        warning.setWordWrap(True)
        form = QFormLayout()
        form.addRow(self.tr("&Work out"), self.wanted)
        for name, field in (
            (self.tr("Body wei&ght"), self.weight),
            (self.tr("&Flow of the pump"), self.flow),
            (self.tr("&Concentration"), self.concentration),
            (self.tr("&Dose"), self.dose),
            (self.tr("&Volume of the pump"), self.volume),
        ):
            form.addRow(name, field)
        column = QVBoxLayout(self)
        for part in (title, warning):
            column.addWidget(part)
        column.addLayout(form)
        column.addWidget(self.outcome)
        column.addStretch(1)

    def _work_out(self) -> None:
        unknown = (self.dose, self.concentration, self.flow)[self.wanted.currentIndex()]
        for field in self._fields:
            field.setEnabled(field is not unknown)
        if any(field.value is None for field in self._fields if field is not unknown):
            self.outcome.setText("")
            return
        weight, volume = self.weight.value or 0, self.volume.value or 0
        flow, concentration = self.flow.value or 0, self.concentration.value or 0
        if unknown is self.concentration:
            concentration = concentration_for(self.dose.value or 0, weight, flow)
            self._show(unknown, concentration)
        elif unknown is self.flow:
            flow = flow_for(self.dose.value or 0, weight, concentration)
            self._show(unknown, flow)
        dose = Dose(weight, flow, concentration)
        if unknown is self.dose:
            self._show(unknown, dose.ng_kg_day)
        self.outcome.setText(self._words(dose, volume))

    def _show(self, field: QuantityEdit, value: int) -> None:
        before = field.blockSignals(True)
        field.set_value(value)
        field.blockSignals(before)

    def _words(self, dose: Dose, volume_nl: int) -> str:
        used_nl, left_nl, delivered_ug = dose.after(volume_nl, _DAYS)
        return "\n".join(
            (
                self.tr("{0}, which is {1}").format(
                    WEIGHT_DOSE.format(dose.ng_kg_day), DOSE.format(dose.ng_day)
                ),
                self.tr("{0} of the drug in {1}, {2}").format(
                    MASS.format(dose.in_pump_ug(volume_nl)),
                    VOLUME.format(volume_nl),
                    CONCENTRATION.format(dose.concentration_ng_ml),
                ),
                self.tr("after {0} days: {1} used, {2} left, {3} delivered").format(
                    _DAYS, VOLUME.format(used_nl), VOLUME.format(left_nl), MASS.format(delivered_ug)
                ),
            )
        )
