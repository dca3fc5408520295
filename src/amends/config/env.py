"""Reading settings from the environment: typed, and loud where a value is wrong.

Every setting is named AMENDS_…; a secret may also be given as the path of a file in AMENDS_…_FILE.
"""

from __future__ import annotations

import logging
import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url
import platformdirs
from django.core.exceptions import ImproperlyConfigured

from amends.flows.keep.swap import refuse_cut_off


def home() -> Path:
    """The folder that holds all that Amends keeps: AMENDS_HOME, else the platform's user data folder.

    Raises `RestoreCutOff` where it is missing because a restore was killed: an empty one must not be made there.
    """
    value = os.environ.get("AMENDS_HOME")
    folder = Path(value).expanduser() if value else Path(platformdirs.user_data_dir("amends", False))
    refuse_cut_off(folder.resolve())
    return folder.resolve() if value else folder


def make_home(folder: Path) -> None:
    """Make the home where there is none yet. Raises `ImproperlyConfigured` where it cannot be one."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _no_home(folder, error) from error


def _no_home(folder: Path, error: OSError) -> ImproperlyConfigured:
    why = "it is no folder" if isinstance(error, FileExistsError) else error.strerror or type(error).__name__
    return ImproperlyConfigured(
        f"{folder} cannot be the home ({why}): set AMENDS_HOME to a folder that you may write in"
    )


def text(name: str, default: str = "") -> str:
    """The variable `name`, or the content of the file that `name`_FILE names."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            message = f"{name}_FILE names {file}, which cannot be read ({error.strerror}): mend the path or its rights."
            raise ImproperlyConfigured(message) from error
    return os.environ.get(name, default)


def flag(name: str, *, default: bool) -> bool:
    """A switch: 1, true, yes, on or 0, false, no, off."""
    value = text(name).lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    if not value:
        return default
    message = f"{name} is {value!r}: set it to 1 or 0."
    raise ImproperlyConfigured(message)


def log_level(name: str) -> str:
    """How much is logged: WARNING where nothing is said."""
    value = text(name).upper() or "WARNING"
    if value not in logging.getLevelNamesMapping():
        message = f"{name} is {value!r}: set it to DEBUG, INFO, WARNING or ERROR."
        raise ImproperlyConfigured(message)
    return value


class WithoutTraceOfRefusals(logging.Filter):
    """Logs that somebody was refused (403) in one line: where in our code tells nobody anything."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", 0) == 403:
            record.exc_info = record.exc_text = None
        return True


def number(name: str, *, default: int, least: int = 1) -> int:
    """A whole number, not smaller than `least`."""
    value = text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or int(value) < least:
        message = f"{name} is {value!r}: set it to a whole number from {least} on."
        raise ImproperlyConfigured(message)
    return int(value)


def database(name: str, *, default: str) -> dj_database_url.DBConfig:
    """A database by its URL: postgresql://user:password@host/name, or sqlite:///path."""
    value = text(name) or default
    if not value.startswith(("postgresql://", "postgres://", "sqlite://")):
        message = f"{name} names no PostgreSQL: write it as postgresql://user:password@host/name."
        raise ImproperlyConfigured(message)
    try:
        found = dj_database_url.parse(value, conn_max_age=600)
    except ValueError as error:
        message = f"{name} cannot be read: write it as postgresql://user:password@host/name."
        raise ImproperlyConfigured(message) from error
    if found["ENGINE"] == "django.db.backends.postgresql":
        found["ENGINE"] = "amends.firm.postgresql"  # which tells the server the firm in scope
    return found


def grantors() -> dict[str, dict[str, Any]]:
    """Who gives permission to read a mailbox (OAuth 2.0): where AMENDS_…_CLIENT_ID says that Amends is registered.

    The fields of `mail.live.permission.Grantor`.
    """
    found: dict[str, dict[str, Any]] = {}
    if client := text("AMENDS_GOOGLE_CLIENT_ID"):
        found["google"] = {
            "name": "Google",
            "authorise_url": "https://accounts.google.com/o/oauth2/v2/auth",
            "token_url": "https://oauth2.googleapis.com/token",
            "scope": "https://mail.google.com/",
            "host": "imap.gmail.com",
            "smtp": "smtp.gmail.com",
            "client_id": client,
            "client_secret": text("AMENDS_GOOGLE_CLIENT_SECRET"),
            "more": {"access_type": "offline", "prompt": "consent"},
        }
    if client := text("AMENDS_MICROSOFT_CLIENT_ID"):
        base = f"https://login.microsoftonline.com/{text('AMENDS_MICROSOFT_TENANT', 'common')}/oauth2/v2.0"
        found["microsoft"] = {
            "name": "Microsoft",
            "authorise_url": f"{base}/authorize",
            "token_url": f"{base}/token",
            "scope": "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send"
            " offline_access",
            "host": "outlook.office365.com",
            "smtp": "smtp.office365.com",
            "client_id": client,
            "client_secret": text("AMENDS_MICROSOFT_CLIENT_SECRET"),
        }
    return found


def words(name: str) -> list[str]:
    """A list, parted by commas."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def secret_key(folder: Path) -> str:
    """AMENDS_SECRET_KEY, or a key made once and kept in the home, readable by its owner only."""
    given = text("AMENDS_SECRET_KEY")
    if given:
        return given
    file = folder / "secret.key"
    if not file.exists():
        make_home(folder)
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was quicker
            return file.read_text(encoding="ascii")
        except OSError as error:
            raise _no_home(folder, error) from error
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(secrets.token_urlsafe(48))
    return file.read_text(encoding="ascii")
