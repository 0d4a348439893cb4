"""Plays a behaviour on a call: one timer at a time, no task, nothing left behind when the call is over."""

import asyncio
from collections.abc import Iterator

from sim.sip.behaviour import Answer, Behaviour, HangUp, Hear, Progress, Refuse, Ring, Step, Vanish, Wait
from sim.sip.call import Call


class Actor:
    """Plays from construction on, until the last step or until anybody ends the call."""

    def __init__(self, call: Call, behaviour: Behaviour) -> None:
        self._loop = asyncio.get_running_loop()
        self._call = call
        self._steps: Iterator[Step] = iter(behaviour.steps)
        self._timer: asyncio.TimerHandle | None = None
        call.record.behaviour = behaviour.name
        call.on_leave = self._stop
        if behaviour.steps[:1] != (Vanish(),):
            call.trying()
        self._play()

    def _play(self) -> None:
        """Perform steps up to one that waits."""
        for step in self._steps:
            if not self._perform(step):
                return

    def _perform(self, step: Step) -> bool:
        """Whether the next step may follow at once."""
        call = self._call
        match step:
            case Wait(seconds):
                self._timer = self._loop.call_later(seconds, self._play)
                return False
            case Hear(patience_s):
                return self._hear(patience_s)
            case Ring():
                call.ring()
            case Progress(sound):
                call.progress(sound)
            case Answer(sound, listen):
                call.answer(sound)
                call.listen(listen)
            case Refuse(code, cause):
                call.refuse(code, cause)
            case HangUp():
                call.hang_up()
            case Vanish():
                call.vanish()
        return call.record.live

    def _hear(self, patience_s: float) -> bool:
        if self._call.record.first_sound_at is not None:
            return True
        self._timer = self._loop.call_later(patience_s, self._call.hang_up)
        self._call.on_sound = self._heard
        return False

    def _heard(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._play()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._steps = iter(())
