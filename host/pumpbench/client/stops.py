"""The wish that the pump stops: kept until the pump has answered, whatever happens to the link."""

import time
from collections import deque
from concurrent.futures import Future

from pumpbench.client.answers import Stopped
from pumpbench.client.errors import ClientError

REPEAT_S = 0.1


class Stops:
    """Any thread may add a wish; the link's thread repeats and settles them."""

    def __init__(self) -> None:
        self._waiting: deque[Future[Stopped]] = deque()
        self.next_at = 0.0

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self) -> "Future[Stopped]":
        """Wish for a stop; the future gets the pump's answer."""
        answer: Future[Stopped] = Future()
        self._waiting.append(answer)
        return answer

    def sent(self) -> None:
        """The stop frame is on its way: repeat it when no answer comes."""
        self.next_at = time.monotonic() + REPEAT_S

    def answered(self, stopped: Stopped) -> None:
        """The pump has stopped."""
        while self._waiting:
            self._waiting.popleft().set_result(stopped)

    def give_up(self, error: ClientError) -> None:
        """Nothing will be sent any more."""
        while self._waiting:
            self._waiting.popleft().set_exception(error)
