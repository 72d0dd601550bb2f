"""Each import contract is seen to fail on a planted violation; that all hold now is `make imports`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# contract id: the file and the import that breaks it
SEEDS = {
    "services-apart": ("services/mediation/events.py", "import services.litigation.terms"),
    "shared-knows-no-service": ("shared/kit/edge.py", "import services.reporting.rates"),
    "shared-layers": ("shared/kernel/clock.py", "import shared.contracts.envelope"),
    "rules-are-plain": ("services/reconsideration/domain/checks.py", "import sqlmodel"),
    "only-kit-speaks-nats": ("services/reporting/intake.py", "import nats"),
    "case-service-layers": ("services/litigation/domain.py", "import services.litigation.repository"),
}


@pytest.mark.parametrize("contract", SEEDS)
def test_a_planted_import_breaks_its_contract(contract: str, tmp_path: Path) -> None:
    for folder in ("services", "shared"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    file, line = SEEDS[contract]
    planted = tmp_path / file
    planted.write_text(f"{planted.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")

    answer = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--contract", contract],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )

    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "BROKEN" in answer.stdout


def test_every_contract_has_a_seed() -> None:
    import tomllib

    configured = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert {each["id"] for each in configured["tool"]["importlinter"]["contracts"]} == set(SEEDS)
