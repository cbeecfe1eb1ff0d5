"""What was changed, step by step, to be undone and redone."""

from typing import Generic, TypeVar

State = TypeVar("State")
MOST_STEPS = 200


class History(Generic[State]):
    """States that are never changed, only replaced. Changes with the same `token` in a row are one step,
    until `settle`: a cell that is typed into letter by letter, a handle that is dragged.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self._before: list[State] = []
        self._after: list[State] = []
        self._token: object = None

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to redo."""
        return bool(self._after)

    def change(self, state: State, token: object = None) -> None:
        """Go to another state; a step of its own unless it goes on with the step of this `token`."""
        if state == self.state:
            return
        if token is None or token != self._token:
            self._before = [*self._before[1 - MOST_STEPS :], self.state]
        self._token = token
        self._after = []
        self.state = state
        if self._before[-1] == state:  # typed, and typed back
            self.take_back()

    def settle(self) -> None:
        """End the step: what comes next is another one, whatever its token."""
        self._token = None

    def take_back(self) -> None:
        """Leave the step that is not settled as if it had never begun; nothing to redo is left of it."""
        if self._token is not None:
            self.state = self._before.pop()
            self._token = None

    def undo(self) -> None:
        """Go back one step, if there is one."""
        if self._before:
            self._after.append(self.state)
            self.state = self._before.pop()
            self._token = None

    def redo(self) -> None:
        """Take back the last undo, if there is one."""
        if self._after:
            self._before.append(self.state)
            self.state = self._after.pop()
            self._token = None
