"""Giving up requests that take too long, with one timer for all of them.

``asyncio.timeout`` starts and stops a timer for each request, which costs a tenth of what a ready answer does. All
requests are given the same time, so the one that began first is due first, and one timer watches it.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

Task = asyncio.Task[Any]


class Overdue:
    """The requests under way on one event loop; those that take longer than ``seconds`` are cancelled."""

    __slots__ = ("_begun", "_cut", "_timer", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds: Final = seconds
        self._begun: dict[Task, float] = {}
        self._cut: set[Task] = set()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> Task:
        """Watch the task that runs, until ``end``; raises ``RuntimeError`` outside of one."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a request is answered in a task")
        loop = task.get_loop()
        self._begun[task] = loop.time()
        if self._timer is None:
            self._timer = loop.call_later(self.seconds, self._look, loop)
        return task

    def end(self, task: Task) -> None:
        """Watch the task no more."""
        self._begun.pop(task, None)
        self._cut.discard(task)

    def was_cut(self, task: Task) -> bool:
        """Tell whether a cancellation that reached the task came from here alone, and take it back if so."""
        return task in self._cut and task.uncancel() == 0

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        self._timer = None
        for task, begun in self._begun.items():
            if begun + self.seconds > now:
                self._timer = loop.call_at(begun + self.seconds, self._look, loop)
                return
            if task not in self._cut:
                self._cut.add(task)
                task.cancel()
