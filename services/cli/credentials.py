"""What the command proves itself to the suite with: a token it was given, this machine's operator, or who signed in."""

import json
import os
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_config_path

TOKEN_VARIABLE = "DINGFEN_TOKEN"  # noqa: S105 - the name of a variable
OPERATOR_FILE = "operator.token"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def token_for(url: str, *, data: Path | None = None) -> str | None:
    """The token for the suite at `url`: DINGFEN_TOKEN, else the operator's of the data folder, else the login's.

    The operator's token never leaves this machine: it is for an address of this machine only.
    """
    given = os.environ.get(TOKEN_VARIABLE)
    if given:
        return given.strip()
    return operator_token(url, data=data) or _logins().get(_key(url))


def operator_token(url: str, *, data: Path | None = None) -> str | None:
    """The operator's token, when the suite is on this machine and its data folder is ours to read."""
    if urlsplit(url).hostname not in LOOPBACK:
        return None
    from shared.kit.settings import Settings  # commands without a suite need not load it

    settings = Settings()
    found = settings if data is None else settings.model_copy(update={"data": data})
    try:
        return found.keys.path(OPERATOR_FILE).read_text(encoding="ascii").strip() or None
    except OSError:
        return None


def keep(url: str, token: str) -> Path:
    """Remember the session of `dingfen login`; where it is kept. Only this user can read the file."""
    return _write(_logins() | {_key(url): token})


def forget(url: str) -> str | None:
    """Forget it again, and say which it was."""
    logins = _logins()
    token = logins.pop(_key(url), None)
    if token is not None:
        _write(logins)
    return token


def kept(url: str) -> str | None:
    return _logins().get(_key(url))


def _file() -> Path:
    return user_config_path("dingfen") / "login.json"


def _key(url: str) -> str:
    return url.rstrip("/").lower()


def _logins() -> dict[str, str]:
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(url): str(token) for url, token in found.items()} if isinstance(found, dict) else {}


def _write(logins: dict[str, str]) -> Path:
    """Whole or not at all, and never readable by others, not even for a moment."""
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(logins, out, indent=1)
    fresh.replace(file)
    return file
