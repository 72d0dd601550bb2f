"""What is handed to operators is what the programs read."""

import re
import subprocess
from pathlib import Path

from shared.kit.broker import server_binary
from shared.kit.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def test_the_environment_example_names_every_setting_and_no_other() -> None:
    example = (ROOT / "deploy/env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^#?DINGFEN_(\w+)=", example, re.MULTILINE))

    assert named == {field.upper() for field in Settings.model_fields}


def test_the_broker_configuration_is_valid_and_syncs_always() -> None:
    config = ROOT / "deploy/nats/nats.conf"
    binary = server_binary()
    assert binary is not None

    answer = subprocess.run([binary, "-c", str(config), "-t"], capture_output=True, text=True)

    assert answer.returncode == 0, answer.stderr
    assert re.search(r"^\s*sync_interval: always$", config.read_text(encoding="utf-8"), re.MULTILINE)
