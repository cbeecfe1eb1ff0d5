"""What commands that change settings share: only with no run open, and journalled before they count."""

from pumpfw import journal as documents
from pumpfw.errors import Refused, StorageFault
from pumpfw.readings import Readings
from pumplink.states import FINISHED, REFUSED_BUSY, REFUSED_STATE, STOPPED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.events import Events
    from pumpfw.journal import Journal


class Keeper:
    """Journal and events for whoever keeps something; ``failed`` when the journal would not take the last
    document."""

    def __init__(self, journal: "Journal", events: "Events", readings: Readings) -> None:
        self.journal = journal
        self.events = events
        self.failed = False
        self._readings = readings

    def refuse_unless_idle(self) -> None:
        """Raise ``Refused`` unless the pump is stopped and no run is held."""
        state = self._readings.state
        if state not in (STOPPED, FINISHED):
            raise Refused(REFUSED_STATE, value=state)

    def put_program(self, data: bytes) -> None:
        """Keep the committed program."""
        self._put(documents.PROGRAM, data)

    def put_calibration(self, data: bytes) -> None:
        """Keep calibration and tube set."""
        self._put(documents.CALIBRATION, data)

    def put_reservoirs(self, data: bytes) -> None:
        """Keep the reservoirs."""
        self._put(documents.RESERVOIRS, data)

    def put_position(self, data: "bytes | bytearray | memoryview") -> None:
        """Keep the position in the run."""
        self._put(documents.POSITION, data)

    def _put(self, kind: int, data: "bytes | bytearray | memoryview") -> None:
        try:
            self.journal.put(kind, data)
        except StorageFault:
            self.failed = True
            raise Refused(REFUSED_BUSY)  # noqa: B904 ("from" is lost in native code)
        self.failed = False
