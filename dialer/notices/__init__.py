"""Notices on their way out: text messages through a project's gateway, e-mails through the mail server."""
