"""What is handed to operators is what the programs read."""

import re
import subprocess
from pathlib import Path

import pytest

from services.identity.settings import IdentitySettings
from shared.kit.broker import server_binary
from shared.kit.broker_users import USERS, authorization_block, public_keys
from shared.kit.keys import Keys
from shared.kit.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def test_the_environment_example_names_every_setting_and_no_other() -> None:
    example = (ROOT / "deploy/env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^#?DINGFEN_(\w+)=", example, re.MULTILINE))

    outside = {f"OIDC_{field.upper()}" for field in IdentitySettings.model_fields}
    assert named == {field.upper() for field in Settings.model_fields} | outside


NATS = ROOT / "deploy/nats"
PLACEHOLDERS = {user: f"$DINGFEN_NKEY_{user.upper()}" for user in USERS}


def checked(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The server's own opinion of the configuration."""
    binary = server_binary()
    assert binary is not None
    command = [binary, "-c", str(NATS / "nats.conf"), "-t"]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def test_the_broker_configuration_is_valid_and_syncs_always(tmp_path: Path) -> None:
    keys = public_keys(Keys(tmp_path / "keys"))

    answer = checked({PLACEHOLDERS[user].removeprefix("$"): key for user, key in keys.items()})

    assert answer.returncode == 0, answer.stderr
    config = (NATS / "nats.conf").read_text(encoding="utf-8")
    assert re.search(r"^\s*sync_interval: always$", config, re.MULTILINE)
    assert re.search(r"^include users.conf$", config, re.MULTILINE)


@pytest.mark.parametrize("missing", USERS)
def test_the_broker_does_not_start_while_a_key_is_missing(tmp_path: Path, missing: str) -> None:
    keys = public_keys(Keys(tmp_path / "keys"))
    del keys[missing]

    answer = checked({PLACEHOLDERS[user].removeprefix("$"): key for user, key in keys.items()})

    assert answer.returncode != 0
    assert f"DINGFEN_NKEY_{missing.upper()}" in answer.stderr


def test_the_broker_that_runs_apart_grants_what_the_embedded_one_grants() -> None:
    users = (NATS / "users.conf").read_text(encoding="utf-8")

    assert users.partition("\n")[2] == authorization_block(PLACEHOLDERS)


def test_the_broker_readme_names_every_user() -> None:
    readme = (NATS / "README.md").read_text(encoding="utf-8")

    assert [user for user in USERS if f"`{user}`" not in readme] == []
