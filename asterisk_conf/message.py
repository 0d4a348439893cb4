"""The recording for a person whom no agent took: what it says and where it lies.

The file beside this one was spoken by espeak-ng from `TEXT`: `dialer asterisk message` makes another, with a
company's name, and a site may put its own recording in its place (16-bit PCM WAV, mono, 8 kHz: Asterisk plays no
other WAV).
"""

from pathlib import Path

TEXT = "Здравствуйте. Сейчас все операторы заняты. Мы перезвоним вам позже. Извините за беспокойство."
TEXT_WITH_COMPANY = (
    "Здравствуйте. Вам звонит {company}. Сейчас все операторы заняты. "
    "Мы перезвоним вам позже. Извините за беспокойство."
)
NAME = "dlr-message"
RECORDING = Path(__file__).parent / "sounds" / f"{NAME}.wav"


def text(company: str | None = None) -> str:
    """The words of the message."""
    return TEXT_WITH_COMPANY.format(company=company) if company else TEXT
