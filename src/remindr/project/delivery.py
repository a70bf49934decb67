"""Is it said how messages leave, all of it, and with secrets where they belong."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace

from remindr.errors import Problem
from remindr.model.delivery import EmailDelivery, Secret, Smtp
from remindr.model.policy import Project
from remindr.project.yaml import Document, Keys

_EMAIL: Keys = ("delivery", "email")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SMTP: Keys = (*_EMAIL, "smtp")


def mistakes_in_delivery(document: Document, project: Project | None) -> Iterator[Problem]:
    """Ways to leave that are named and not described, sign-ins that lack a half, encryption that is missing."""
    if project is None:
        return
    email = project.delivery.email
    yield from _ways(document, email)
    if email.smtp:
        yield from _sign_in(document, email.smtp)
        yield from _encryption(document, email.smtp)


def _ways(document: Document, email: EmailDelivery) -> Iterator[Problem]:
    via = (*_EMAIL, "via")
    if email.via == "smtp" and email.smtp is None:
        yield document.problem(via, "the mail server is not described", hint="add 'smtp:' with 'host:' beside it")
    if email.via == "command" and email.command is None:
        yield document.problem(via, "the program is not named", hint="add 'command: msmtp -t' beside it")
    if email.command is not None and (why := _unusable(email.command)):
        yield document.problem((*_EMAIL, "command"), why, hint="write it like 'msmtp -t'")


def _sign_in(document: Document, smtp: Smtp) -> Iterator[Problem]:
    secrets = {"password": smtp.password, "token": smtp.token}
    for name, secret in secrets.items():
        if secret:
            yield from _secret(document, (*_SMTP, name), secret)
    given = [name for name, secret in secrets.items() if secret]
    if len(given) == 2:
        what = "one signs in with a password or with an access token, not with both"
        yield document.problem((*_SMTP, "token"), what, hint="leave one of them out", key=True)
    elif given and not smtp.user:
        what = f"a {given[0]} needs the name that it belongs to"
        yield document.problem((*_SMTP, given[0]), what, hint="add 'user:'", key=True)
    elif smtp.user and not given:
        what = "there is nothing to sign in with"
        yield document.problem(
            (*_SMTP, "user"), what, hint="add 'password:' with 'env: SMTP_PASSWORD' below it", key=True
        )


def _secret(document: Document, path: Keys, secret: Secret) -> Iterator[Problem]:
    if len(secret.sources) != 1:
        what = f"{path[-1]} comes from exactly one place"
        yield document.problem(path, what, hint="write env, file or command below it", key=True)
    elif secret.env is not None and not _VARIABLE.fullmatch(secret.env):
        what = f"this is not the name of an environment variable that has the {path[-1]}"
        told = document.problem((*path, "env"), what, hint="write its name alone: SMTP_PASSWORD")
        yield replace(told, source=None)  # it may be the secret itself
    elif secret.command is not None and (why := _unusable(secret.command)):
        yield document.problem((*path, "command"), why, hint="write it like 'pass show smtp'")


def _encryption(document: Document, smtp: Smtp) -> Iterator[Problem]:
    if smtp.tls != "none":
        return
    path = (*_SMTP, "tls")
    if not smtp.is_local:
        what = f"without encryption anybody on the way to {smtp.host} can read and change the e-mails"
        yield document.problem(path, what, hint="write starttls or implicit; none is for a server on this machine")
    elif smtp.user:
        yield document.problem(path, "no password goes over a connection that is not encrypted", hint="write starttls")


def _unusable(command: str) -> str | None:
    try:
        return None if shlex.split(command) else "there is no program in it"
    except ValueError:
        return "its quotation marks do not close"
