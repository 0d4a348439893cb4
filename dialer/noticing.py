"""Notices on their way out of this daemon: their room with the books, the world outside and the mail server."""

from dialer.clock import Clock
from dialer.config import Smtp
from dialer.notices.mail import Mail, MailServer
from dialer.notices.sender import NoticeSender
from dialer.notices.sms import SmsGateways
from dialer.outside.client import Client
from dialer.slots import secret_named
from dialer.store.db import Database
from dialer.store.notices import NoticeBooks


def build_notices(database: Database, clock: Clock, outside: Client, smtp: Smtp) -> NoticeSender:
    """`run` of it is a task of the daemon, ended by its `stop`."""
    sms, mail = SmsGateways(outside.send, secret_named), Mail(_mail_server(smtp))
    return NoticeSender(NoticeBooks(database), clock, sms, mail)


def _mail_server(smtp: Smtp) -> MailServer | None:
    if smtp.host is None:
        return None
    return MailServer(smtp.host, smtp.port, smtp.security.value, smtp.sender, smtp.username, smtp.key or "")
