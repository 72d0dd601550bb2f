"""Rules of the house that imports alone cannot tell, each as a function from a tree to its violations."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

CASE_SERVICES = ("reconsideration", "mediation", "litigation")
CASE_FILES = frozenset(
    {
        "__init__.py",
        "access.py",
        "api.py",
        "deadlines.py",
        "domain.py",
        "events.py",
        "labels.py",
        "ledger.py",
        "main.py",
        "models.py",
        "repository.py",
        "schemas.py",
        "terms.py",
        "use_cases.py",
    }
)
CASE_FOLDERS = frozenset({"migrations"})
# What a service may add to the common files: the subjects of its own law.
OWN_FILES = {
    "reconsideration": {"deeming.py", "documents.py", "local_rules.py", "numbering.py"},
    "litigation": {"appearance.py"},
    "mediation": {"case.py", "organisations.py"},
}
REFUSED_NAMES = re.compile(r"(?:^|_)(utils?|helpers?|common|base|misc)(?:_|$)")
SPEAKS_SQL = frozenset({"repository", "models", "migrations"})
MAX_LINES = 450
HOST = re.compile(r"https?://")


def _parsed(root: Path, *folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            yield path.relative_to(root), ast.parse(path.read_text(encoding="utf-8"))


def commits_in_services(root: Path) -> list[str]:
    """The edge commits: half a change cannot exist when nobody below it can."""
    return [
        f"{path}:{node.lineno} calls commit()"
        for path, tree in _parsed(root, "services")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]


def sql_outside_repositories(root: Path) -> list[str]:
    """Only repository.py and models.py speak SQL; others may name the Session they pass on."""
    found = []
    for path, tree in _parsed(root, "services"):
        if SPEAKS_SQL & {part.removesuffix(".py") for part in path.parts}:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names = {alias.name.partition(".")[0] for alias in node.names}
                if names & {"sqlalchemy", "sqlmodel"}:
                    found.append(f"{path}:{node.lineno} imports SQL")
            if isinstance(node, ast.ImportFrom) and node.module:
                package = node.module.partition(".")[0]
                taken = {alias.name for alias in node.names}
                allowed = {"Session"} if package == "sqlmodel" else {"SQLAlchemyError"}
                if package in {"sqlalchemy", "sqlmodel"} and not taken <= allowed:
                    found.append(f"{path}:{node.lineno} imports SQL: {sorted(taken - allowed)}")
    return found


def clocks_and_dice_in_rules(root: Path) -> list[str]:
    """No service asks for the time or for chance by itself: both are handed in, so that tests can."""
    asked = {"now", "utcnow", "today", "uuid1", "uuid4", "random"}
    return [
        f"{path}:{node.lineno} calls {node.func.attr}()"
        for path, tree in _parsed(root, "services", "shared/contracts", "shared/kernel")
        if "cli" not in path.parts and path.name != "clock.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _asks(node.func, asked)
    ]


def _asks(call: ast.Attribute, asked: set[str]) -> bool:
    sources = {"datetime", "date", "uuid", "random", "time"}
    return call.attr in asked and isinstance(call.value, ast.Name) and call.value.id in sources


def sessions_of_nobody(root: Path) -> list[str]:
    """Routes and pages open sessions in somebody's name: without one a session would see every office."""
    return [
        f"{path}:{node.lineno} opens a session in nobody's name"
        for path, tree in _parsed(root, "services")
        if {"api", "pages"} & {part.removesuffix(".py") for part in path.parts}
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"reading", "writing"}
        and not node.args
    ]


def threads_left_alone(root: Path) -> list[str]:
    """Workers wait for their threads, or one would go on in books that the application has closed.

    Where the application itself begins and ends, nobody works yet or any more.
    """
    return [
        f"{path}:{node.lineno} leaves a thread alone when it is told to end; use shared.kit.threads"
        for path, tree in _parsed(root, "services", "shared")
        if path != Path("shared/kit/app.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "to_thread"
    ]


def files_of_case_services(root: Path) -> list[str]:
    """The same names everywhere: who has read one service can read all three.

    A file that has grown may become a package of its name, told here by the name of the file.
    """
    found = []
    for service in CASE_SERVICES:
        files = [path.name for path in (root / "services" / service).glob("*.py")]
        packages = [
            f"{path.parent.name}.py"
            for path in (root / "services" / service).glob("*/__init__.py")
            if path.parent.name not in CASE_FOLDERS
        ]
        present = {*files, *packages}
        found += [f"services/{service}/{name} stands twice" for name in sorted({*files} & {*packages})]
        own = OWN_FILES.get(service, set())
        extra = present - CASE_FILES - own
        found += [f"services/{service} lacks {name}" for name in sorted(CASE_FILES - present)]
        found += [f"services/{service}/{name} stands nowhere" for name in sorted(extra)]
    return found


def refused_names(root: Path) -> list[str]:
    """No drawer for everything."""
    return [
        str(path.relative_to(root))
        for folder in ("services", "shared")
        for path in sorted((root / folder).rglob("*"))
        if path.suffix in {".py", ""} and "__pycache__" not in path.parts and REFUSED_NAMES.search(path.stem)
    ]


def statutory_periods_in_shared(root: Path) -> list[str]:
    """shared holds no period and no rate of any law: a constant named after days belongs to its service."""
    found = []
    for path, tree in _parsed(root, "shared"):
        found += [
            f"{path}:{target.lineno} {target.id}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name) and re.search(r"_(WORKING_)?DAYS$|_RATE$", target.id)
        ]
    return found


def long_files(root: Path) -> list[str]:
    return [
        f"{path.relative_to(root)} has {lines} lines"
        for folder in ("services", "shared", "tests")
        for path in sorted((root / folder).rglob("*.py"))
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    ]


def hosts_in_locks(root: Path) -> list[str]:
    """A lock file that names a registry host works on one network only."""
    return [
        f"{path.name}:{number}"
        for path in sorted(root.glob("requirements*"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if HOST.search(line)
    ]
