"""An e-mail, handed to the installation's mail server. The library's client blocks, so it has threads of its own."""

import asyncio
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from functools import cache
from typing import Any

from dialer.notices.result import Result, Said

TIMEOUT_S = 15.0
"""For each step of the talk."""
DEADLINE_S = 25.0
"""For all of it, however many bytes come meanwhile; a daemon that stops waits a little longer for its parts."""
AT_ONCE = 4
"""Threads: a mail server that hangs must not take the threads of others."""
LATE = "smtp_timeout"
BAD_MESSAGE = "bad_message"
"""An e-mail cannot be made of it."""


@dataclass(frozen=True, slots=True)
class MailServer:
    host: str
    port: int
    security: str
    """starttls | tls | none"""
    sender: str
    username: str = ""
    password: str = field(default="", repr=False)


class _Talk:
    """One message between the thread that talks and the loop whose patience ends: whoever is first decides."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.is_given = False
        self._is_over = False
        self.client: smtplib.SMTP | None = None
        self.came_to: Result | None = None

    def may_give(self) -> bool:
        """Asked before the text of the message is handed over; never after `give_up`."""
        with self._lock:
            self.is_given = not self._is_over
            return self.is_given

    def give_up(self) -> Result:
        """What is known by now; the thread is woken by the end of its connection."""
        with self._lock:
            self._is_over = True
        known = self.came_to or Result(Said.UNKNOWN if self.is_given else Said.NOT_NOW, LATE)
        if self.client is not None and self.client.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.client.sock, socket.SHUT_RDWR)
        return known


class _Plain(smtplib.SMTP):
    talk: _Talk

    def data(self, msg: Any) -> tuple[int, bytes]:
        """The one step after which the message may have gone."""
        if not self.talk.may_give():
            raise smtplib.SMTPServerDisconnected("given up")
        return super().data(msg)


class _Tls(_Plain, smtplib.SMTP_SSL):
    pass


class Mail:
    """Has threads; `close` it at the end."""

    def __init__(self, server: MailServer | None, tls: Callable[[], ssl.SSLContext] | None = None) -> None:
        self._server = server
        self._tls = tls or _usual_tls
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mail")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def send(self, notice: int, address: str, subject: str, text: str) -> Result:
        """Once. A server that went away, or was silent, after it was given the message may have taken it: UNKNOWN."""
        if self._server is None:
            return Result(Said.NOT_NOW, "no_mail_server")
        try:
            message = _message(self._server, notice, address, subject, text)
        except Exception:  # the email package raises anything for what it cannot hold
            return Result(Said.REFUSED, BAD_MESSAGE)
        talk = _Talk()
        sent = asyncio.get_running_loop().run_in_executor(self._threads, self._sent, self._server, message, talk)
        done, _ = await asyncio.wait([sent], timeout=DEADLINE_S)
        if done:
            return sent.result()
        sent.cancel()
        return talk.give_up()

    def _sent(self, server: MailServer, message: EmailMessage, talk: _Talk) -> Result:
        try:
            client = self._connected(server)
        except smtplib.SMTPAuthenticationError:
            return Result(Said.NOT_NOW, "smtp_auth")
        except UnicodeError:
            return Result(Said.NOT_NOW, "smtp_settings")
        except (OSError, smtplib.SMTPException) as error:
            return Result(Said.NOT_NOW, _reason(error))
        client.talk, talk.client = talk, client
        try:
            talk.came_to = _given(client, message)
            return talk.came_to
        finally:
            with suppress(Exception):  # what came of it is known: a farewell changes nothing
                client.quit()

    def _connected(self, server: MailServer) -> _Plain:
        if server.security == "tls":
            client: _Plain = _Tls(server.host, server.port, timeout=TIMEOUT_S, context=self._tls())
        else:
            client = _Plain(server.host, server.port, timeout=TIMEOUT_S)
        try:
            if server.security == "starttls":
                client.starttls(context=self._tls())
            if server.username:
                client.login(server.username, server.password)
        except BaseException:
            client.close()
            raise
        return client


def _given(client: _Plain, message: EmailMessage) -> Result:
    try:
        client.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        return Result(Said.NOT_NOW if code < 500 else Said.REFUSED, f"smtp_{code}")
    except smtplib.SMTPResponseException as error:
        return Result(Said.NOT_NOW if error.smtp_code < 500 else Said.REFUSED, f"smtp_{error.smtp_code}")
    except smtplib.SMTPNotSupportedError:
        return Result(Said.REFUSED, "smtp_not_supported")
    except (OSError, smtplib.SMTPException) as error:
        return Result(Said.UNKNOWN if client.talk.is_given else Said.NOT_NOW, _reason(error))
    except Exception:  # written out before its first command
        return Result(Said.REFUSED, BAD_MESSAGE)
    return Result(Said.TAKEN)


@cache
def _usual_tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _message(server: MailServer, notice: int, address: str, subject: str, text: str) -> EmailMessage:
    """The same message id at each try: a server that knows it may drop the second."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = server.sender, address, subject
    message["Message-ID"] = f"<notice-{notice}@{parseaddr(server.sender)[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"smtp_{error.smtp_code}"
    return "smtp_tls" if isinstance(error, ssl.SSLError) else LATE if isinstance(error, TimeoutError) else "smtp_away"
