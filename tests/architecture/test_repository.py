"""What the repository says of itself is what happens."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_ci_runs_the_test_command_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    ci = (ROOT / ".ci/run").read_text(encoding="utf-8")

    assert re.search(r"^make test$", readme, re.MULTILINE)
    assert re.search(r"^make test$", ci, re.MULTILINE)
    assert re.search(r"^make check$", ci, re.MULTILINE)


def test_every_folder_has_its_line_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folders = {line.partition("/")[0] for line in tracked.splitlines() if "/" in line}
    folders |= {
        f"services/{path.name}" for path in (ROOT / "services").iterdir() if (path / "__init__.py").exists()
    }
    folders |= {
        f"shared/{path.name}" for path in (ROOT / "shared").iterdir() if (path / "__init__.py").exists()
    }

    assert [folder for folder in sorted(folders) if f"`{folder}/`" not in readme] == []


def test_make_lists_every_target_it_offers() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    offered = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE).group(1).split())  # type: ignore[union-attr]
    listed = subprocess.run(
        ["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert [target for target in sorted(offered - {"fmt-check"}) if f"make {target} " not in listed] == []
