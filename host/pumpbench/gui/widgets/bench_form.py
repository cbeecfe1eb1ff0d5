"""Which pump and which balance a trial or a calibration is carried out with."""

from pathlib import Path

from PyQt6.QtCore import QStringListModel, pyqtSignal
from PyQt6.QtWidgets import QComboBox, QCompleter, QLineEdit, QPushButton

from pumpbench.conduct.job import FULL_SPEED
from pumpbench.files import examples
from pumpbench.gui.models.bench_setup import (
    BALANCE_FIELD,
    CONNECTED,
    OWN,
    PLANT_FIELD,
    PORT,
    PUMP_FIELD,
    RECORDING,
    SEED_FIELD,
    SPEED_FIELD,
    UNSEEN,
    VIRTUAL,
    Bench,
)
from pumpbench.gui.settings import Settings
from pumpbench.gui.widgets.fault_form import FaultForm
from pumpbench.gui.widgets.file_dialogs import ask_to_open

_VIRTUAL_FIELDS = (SPEED_FIELD, SEED_FIELD, PLANT_FIELD)


class BenchForm(FaultForm):
    """`unseen`: whether a pump that only the balance sees can be chosen, and a recording of a balance."""

    changed = pyqtSignal()

    def __init__(self, settings: Settings, *, unseen: bool) -> None:
        super().__init__()
        self._unseen = unseen
        self.pump, self.balance = QComboBox(), QComboBox()
        self.pump.addItem(self.tr("Virtual bench: simulated pump and balance"), VIRTUAL)
        self.pump.addItem("", CONNECTED)
        if unseen:
            self.pump.addItem(self.tr("Another pump, which only the balance sees"), UNSEEN)
        self.balance.addItem(self.tr("The virtual bench's own"), OWN)
        self.balance.addItem(self.tr("At a port"), PORT)
        if unseen:
            self.balance.addItem(self.tr("A recording (CSV file)"), RECORDING)
        self.at = QLineEdit(settings.balance)
        self.at.setObjectName("balance-at")
        self.at.setPlaceholderText("/dev/ttyUSB0, COM4, socket://127.0.0.1:4001")
        self._ports = QStringListModel(self)
        completer = QCompleter(self._ports, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.at.setCompleter(completer)
        self.browse = QPushButton(self.tr("Browse …"))
        self.browse.clicked.connect(self._choose_recording)
        self.speed, self.seed, self.plant = QLineEdit(FULL_SPEED), QLineEdit(), QComboBox()
        self.speed.setToolTip(
            self.tr("max: as fast as this machine can; 1: real time; 60: a minute a second")
        )
        self.seed.setPlaceholderText(self.tr("the plant's own"))
        self.seed.setToolTip(self.tr("The same seed gives the same noise again"))
        self.plant.addItem(self.tr("the usual bench"), "")
        for path in sorted((examples.folder() / "plants").glob("*.toml")):
            self.plant.addItem(path.stem, str(path))
        other = QPushButton(self.tr("Other file …"))
        other.clicked.connect(self._choose_plant)
        self.add(PUMP_FIELD, self.tr("&Pump"), self.pump)
        self.add(SPEED_FIELD, self.tr("Spee&d, times real time"), self.speed)
        self.add(SEED_FIELD, self.tr("Seed of the noise"), self.seed)
        self.add(PLANT_FIELD, self.tr("Plant, its physics"), self.plant, other)
        self.add(BALANCE_FIELD, self.tr("&Balance"), self.balance)
        self.add("balance-at", self.tr("Its port"), self.at, self.browse)
        self._connected_port = ""
        self.set_connected("", "")
        for choice in (self.pump, self.balance, self.plant):
            choice.currentIndexChanged.connect(self._follow)
        for field in (self.speed, self.seed, self.at):
            field.textChanged.connect(self._follow)
        self._follow()

    def set_connected(self, port: str, name: str) -> None:
        """Say which pump the window is connected to; "" for none that has a port of its own."""
        self._connected_port = port
        told = self.tr("The connected pump: {0}").format(name) if port else self.tr("The connected pump")
        self.pump.setItemText(self.pump.findData(CONNECTED), told)

    def set_ports(self, ports: list[str]) -> None:
        """Offer these ports for the balance."""
        self._ports.setStringList(ports)

    def set_pump(self, pump: str) -> None:
        """Choose a pump by its key, and the balance that goes with it."""
        self.pump.setCurrentIndex(max(0, self.pump.findData(pump)))

    @property
    def bench(self) -> Bench:
        """What is chosen."""
        plant = self.plant.currentData()
        return Bench(
            pump=self.pump.currentData(),
            port=self._connected_port,
            balance=self.balance.currentData(),
            balance_at=self.at.text().strip(),
            speed=self.speed.text(),
            seed=self.seed.text(),
            plant=Path(plant) if plant else None,
        )

    def tell_faults(self, faults: dict[str, str]) -> None:
        """Show what is wrong, by field."""
        for key in (PUMP_FIELD, *_VIRTUAL_FIELDS, BALANCE_FIELD):
            self.tell(key, faults.get(key, ""))

    def _follow(self) -> None:
        virtual = self.bench.pump == VIRTUAL
        if self.sender() is self.pump:
            self.balance.setCurrentIndex(self.balance.findData(OWN if virtual else PORT))
        for key in _VIRTUAL_FIELDS:
            self.show_row(key, virtual)
        self.show_row("balance-at", self.bench.balance != OWN)
        self.browse.setVisible(self.bench.balance == RECORDING)
        self.changed.emit()

    def _choose_recording(self) -> None:
        ask_to_open(
            self, self.tr("Recording of a balance"), self.tr("CSV files (*.csv)"), Path.home(),
            lambda path: self.at.setText(str(path)),
        )  # fmt: skip

    def _choose_plant(self) -> None:
        ask_to_open(
            self, self.tr("Plant file"), self.tr("Plant files (*.toml)"), examples.folder() / "plants",
            self._add_plant,
        )  # fmt: skip

    def _add_plant(self, path: Path) -> None:
        if self.plant.findData(str(path)) < 0:
            self.plant.addItem(path.name, str(path))
        self.plant.setCurrentIndex(self.plant.findData(str(path)))
