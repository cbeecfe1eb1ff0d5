"""The pump without its link: every part of the control, built once and wired to the others."""

from pumpfw.account import account
from pumpfw.alarms import Alarms
from pumpfw.calibration import Calibration
from pumpfw.clock import Clock
from pumpfw.config import Config
from pumpfw.delivery import Delivery
from pumpfw.estimator import flow_reader, prepare, pressure_reader
from pumpfw.executor import Executor
from pumpfw.flow import Flow
from pumpfw.keeper import Keeper
from pumpfw.learning import Learning
from pumpfw.lease import Lease
from pumpfw.ledger import Ledger
from pumpfw.limits import Limits
from pumpfw.map_learning import MapLearning
from pumpfw.motor import Motor
from pumpfw.phase import Phase
from pumpfw.position import Position
from pumpfw.program import Programs
from pumpfw.pump import Pump
from pumpfw.readings import Readings
from pumpfw.reservoir import Reservoirs
from pumpfw.rotor_map import RotorMap
from pumpfw.sensors.pressure import scale
from pumpfw.sensors.slf3s import FlowSensor
from pumpfw.tick import ticks
from pumpfw.watch import Watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable

    from pumpfw.events import Events
    from pumpfw.faces import Board
    from pumpfw.journal import Journal

_FLOW_SENSOR, _PRESSURE_SENSOR = 1, 2  # capability bits


class Core:
    """``pump`` is what commands talk to, ``next(ticks)`` what the loop runs."""

    def __init__(
        self,
        board: "Board",
        config: Config,
        journal: "Journal",
        events: "Events",
        cells: "array[int]",
        readings: Readings,
        record: "Callable[[], None]",
        second: "Callable[[], None]",
    ) -> None:
        steps = board.stepper.steps

        def count() -> None:
            account(cells, passed, steps())

        readings.steps_per_rev = config.steps_per_rev
        rotor_map = RotorMap(config.steps_per_rev, readings)
        passed = rotor_map.passed
        self.motor = motor = Motor(board.stepper, config, rotor_map, readings)
        self.clock = Clock(board, config, readings)
        keeper = Keeper(journal, events, readings)
        self.alarms = Alarms(board, events, readings)
        self.calibration = Calibration(config, keeper, rotor_map, cells, readings)
        self.limits = Limits(config, readings)
        self.reservoirs = Reservoirs(board, config, cells, readings, keeper)
        self.ledger = Ledger(readings)
        self.flow = Flow(config, self.calibration, motor, cells, readings)
        slowest_nl_h = self.limits.slowest_nl_h(self.flow.step_nl())
        self.programs = Programs(config, self.limits, keeper, slowest_nl_h)
        program = self.programs.committed
        self.executor = Executor(program, self.ledger, self.flow, cells, readings, events)
        has_pressure = board.capabilities & _PRESSURE_SENSOR
        flow_sensor = FlowSensor(board, config.sensor_address) if board.capabilities & _FLOW_SENSOR else None
        readings.has_sensor = 1 if flow_sensor else 0
        prepare(readings, config)
        self.read_flow = flow_reader(cells, flow_sensor)
        self.read_pressure = pressure_reader(
            cells, board.pressure_raw if has_pressure else None, scale(config)
        )
        self.delivery = Delivery(
            config,
            motor,
            self.flow,
            self.ledger,
            self.executor,
            self.reservoirs,
            count,
            readings,
            events,
        )
        self.watch = Watch(
            board,
            config,
            self.alarms,
            self.calibration,
            Phase(motor, readings),
            readings,
            cells,
        )
        self.lease = Lease(self.alarms, self.delivery, program, readings)
        self.position = Position(
            config,
            self.delivery,
            self.executor,
            self.flow,
            self.ledger,
            self.limits,
            self.reservoirs,
            self.alarms,
            readings,
            keeper,
        )
        self.map_learning = MapLearning(
            self.calibration, rotor_map, motor, self.alarms, cells, readings, events
        )
        self.learning = Learning(
            config, self.calibration, flow_sensor, self.map_learning, cells, readings, events
        )
        self.pump = Pump(
            config,
            readings,
            self.programs,
            self.calibration,
            self.reservoirs,
            self.alarms,
            self.delivery,
            self.executor,
            self.ledger,
            self.limits,
            self.flow,
            self.watch,
            self.learning,
            self.lease,
            self.position,
            events,
        )
        self.ticks = ticks(self, board, config, cells, readings, record, second)
        next(self.ticks)
