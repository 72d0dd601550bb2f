"""The house stands: no rule is broken, and each rule is seen to notice when it is."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import rules

ROOT = Path(__file__).resolve().parents[2]

Rule = Callable[[Path], list[str]]
# Each rule with a violation: the file it is planted in, and the text that is added.
SEEDS: list[tuple[Rule, str, str]] = [
    (
        rules.commits_in_services,
        "services/mediation/use_cases.py",
        "\ndef _early(session):\n    session.commit()\n",
    ),
    (rules.sql_outside_repositories, "services/litigation/use_cases.py", "\nfrom sqlalchemy import text\n"),
    (rules.clocks_and_dice_in_rules, "services/reconsideration/domain.py", "\nNOW = date.today()\n"),
    (
        rules.sessions_of_nobody,
        "services/litigation/api.py",
        "\ndef _peek(edge):\n    return edge.database.reading()\n",
    ),
    (
        rules.threads_left_alone,
        "shared/kit/relay.py",
        "\nasync def _hasty(work):\n    await asyncio.to_thread(work)\n",
    ),
    (rules.files_of_case_services, "services/reconsideration/dossier.py", "\n"),
    # A package counts as the file of its name: unknown, or beside that file, it is noticed too.
    (rules.files_of_case_services, "services/reconsideration/dossier/__init__.py", "\n"),
    (rules.files_of_case_services, "services/mediation/deadlines/__init__.py", "\n"),
    (rules.refused_names, "shared/kit/date_utils.py", "\n"),
    (rules.statutory_periods_in_shared, "shared/kernel/calendar.py", "\nREVIEW_WORKING_DAYS = 5\n"),
    (rules.long_files, "services/reporting/api.py", "\n" * 500),
    (rules.hosts_in_locks, "requirements.lock", "\n--index-url https://registry.example/simple\n"),
]
ALL = list(dict.fromkeys(rule for rule, _, _ in SEEDS))


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rules(rule: Rule) -> None:
    assert rule(ROOT) == []


@pytest.mark.parametrize(("rule", "file", "text"), SEEDS, ids=lambda value: getattr(value, "__name__", None))
def test_a_planted_violation_is_noticed(rule: Rule, file: str, text: str, tmp_path: Path) -> None:
    house = _copy(tmp_path)
    planted = house / file
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(
        (planted.read_text(encoding="utf-8") if planted.exists() else "") + text, encoding="utf-8"
    )

    assert rule(house) != []


def test_a_file_may_become_a_package_of_its_name_but_not_vanish(tmp_path: Path) -> None:
    house = _copy(tmp_path)
    file = house / "services/mediation/labels.py"

    (house / "services/mediation/labels").mkdir()
    file.rename(house / "services/mediation/labels/__init__.py")
    assert rules.files_of_case_services(house) == []

    shutil.rmtree(house / "services/mediation/labels")
    assert rules.files_of_case_services(house) == ["services/mediation lacks labels.py"]


def test_every_rule_has_a_seed() -> None:
    declared = {
        name
        for name, value in vars(rules).items()
        if callable(value) and getattr(value, "__module__", "") == rules.__name__ and not name.startswith("_")
    }
    assert declared == {rule.__name__ for rule in ALL}


def _copy(target: Path) -> Path:
    house = target / "house"
    house.mkdir()
    for folder in ("services", "shared"):
        shutil.copytree(ROOT / folder, house / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (house / "tests").mkdir()
    for lock in ROOT.glob("requirements*"):
        shutil.copy(lock, house / lock.name)
    return house
