"""An e-mail, handed to the installation's mail server. The standard library's client blocks, so it has a thread."""

import asyncio
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from functools import cache

from dialer.notices.result import Result, Said

TIMEOUT_S = 15.0


@dataclass(frozen=True, slots=True)
class MailServer:
    host: str
    port: int
    security: str
    """starttls | tls | none"""
    sender: str
    username: str = ""
    password: str = field(default="", repr=False)


class Mail:
    def __init__(self, server: MailServer | None, tls: Callable[[], ssl.SSLContext] | None = None) -> None:
        self._server = server
        self._tls = tls or _usual_tls

    async def send(self, notice: int, address: str, subject: str, text: str) -> Result:
        """Once. A server that went away after it was given the message may have taken it: UNKNOWN."""
        if self._server is None:
            return Result(Said.NOT_NOW, "no_mail_server")
        return await asyncio.to_thread(self._sent, self._server, _message(self._server, notice, address, subject, text))

    def _sent(self, server: MailServer, message: EmailMessage) -> Result:
        try:
            client = self._connected(server)
        except smtplib.SMTPAuthenticationError:
            return Result(Said.NOT_NOW, "smtp_auth")
        except (OSError, smtplib.SMTPException) as error:
            return Result(Said.NOT_NOW, _reason(error))
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
            return Result(Said.UNKNOWN, _reason(error))
        finally:
            with suppress(OSError, smtplib.SMTPException):
                client.quit()
        return Result(Said.TAKEN)

    def _connected(self, server: MailServer) -> smtplib.SMTP:
        if server.security == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=self._tls())
        else:
            client = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
        try:
            if server.security == "starttls":
                client.starttls(context=self._tls())
            if server.username:
                client.login(server.username, server.password)
        except BaseException:
            client.close()
            raise
        return client


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
    return (
        "smtp_tls"
        if isinstance(error, ssl.SSLError)
        else "smtp_timeout"
        if isinstance(error, TimeoutError)
        else "smtp_away"
    )
