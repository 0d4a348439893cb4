"""Who hears whom, read out of the sound itself: everybody speaks a tone of his own."""

from collections.abc import Callable, Iterable

import numpy as np

from sim.sip import sdp
from sim.sip.audio import tone
from sim.sip.behaviour import Behaviour, answers
from sim.sip.carrier import Carrier, ten_digits
from sim.sip.g711 import decode
from sim.sip.phones import Phones
from sim.sip.record import CallRecord
from sim.sip.rtp import Listen
from sim.sip.server import Server

CUSTOMER_HZ = 1500
SECOND = 8_000
WINDOW = SECOND // 4
"""So much of the sound is looked at: neighbouring tones are 20 Hz apart, this tells 4 Hz."""
BEEP_HZ = 425
"""What a customer on hold hears."""
BEEP = SECOND // 10
"""So much of a beep lies between two looks at the sound."""


PERSON = answers(ring_s=None, says=tone(CUSTOMER_HZ), listen=Listen.KEEP)
"""The customer: answers at once, speaks his tone, and what he hears is kept."""


def talkative(phone_tone_hz: int) -> Behaviour:
    """The same of an agent's phone."""
    return answers(ring_s=None, says=tone(phone_tone_hz), listen=Listen.KEEP)


class People:
    """Who hears what, by name: the customer is `C`, agents and supervisors have their phones' names."""

    def __init__(self, carrier: Carrier, phones: Phones, number: str) -> None:
        self._carrier, self._phones, self._number = carrier, phones, number
        carrier.on(number, PERSON)
        for phone in phones:
            phone.does = talkative(phone.tone_hz)
        self.hertz = {"C": CUSTOMER_HZ, **{phone.user: phone.tone_hz for phone in phones}}

    def record(self, who: str) -> CallRecord:
        if who == "C":
            return self._carrier.calls_to(self._number)[-1]
        return next(record for record in reversed(self._phones.records) if record.number == who)

    async def hears(self, who: str, *others: str) -> None:
        """Wait until this one hears these and nobody else."""
        await self._until(who, lambda heard: heard == set(others), f"{who} hears {others}")

    async def hears_beeps(self) -> None:
        record = self.record("C")
        start = len(record.heard.audio)

        def beeps() -> bool:
            audio = bytes(record.heard.audio[start:][-BEEP:])
            return len(audio) == BEEP and BEEP_HZ in pitches(audio, {BEEP_HZ})

        await self._carrier.wait_until(beeps, 60)

    async def presses(self, digits: str) -> None:
        """Wait until the machine at the customer's end has got these keys."""
        await self._carrier.wait_until(lambda: self.record("C").heard.digits == digits, 60)

    def hang_up(self) -> None:
        """The customer puts the phone down."""
        for call in self._carrier.live_calls:
            if ten_digits(call.record.number) == self._number:
                call.hang_up()

    async def _until(self, who: str, condition: Callable[[set[str]], bool], what: str) -> None:
        record = self.record(who)
        start = len(record.heard.audio)
        last: set[str] = set()

        def holds() -> bool:
            audio = bytes(record.heard.audio[start:][-WINDOW:])
            if len(audio) < WINDOW:
                return False
            found = pitches(audio, self.hertz.values())
            last.clear()
            last.update(name for name, hertz in self.hertz.items() if hertz in found and name != who)
            return condition(last)

        try:
            await self._server(who).wait_until(holds, 60)
        except TimeoutError:
            raise AssertionError(f"never: {what}; at last {last}") from None

    def _server(self, who: str) -> Server:
        return self._carrier if who == "C" else self._phones


def pitches(audio: bytes, wanted: Iterable[int]) -> set[int]:
    """Which of these tones are in the sound, Hz: peaks no weaker than a twentieth of the loudest, and loud at all."""
    samples = decode(audio, sdp.PCMA).astype(np.float64)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    if spectrum.max() < 20 * len(samples):
        return set()

    def strength(hertz: int) -> float:
        middle = round(hertz * len(samples) / SECOND)
        return float(spectrum[middle - 2 : middle + 3].max())

    return {hertz for hertz in wanted if strength(hertz) > spectrum.max() / 20}
