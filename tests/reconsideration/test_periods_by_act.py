"""No period of a case is counted without saying which Act governs it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from services.reconsideration import main


def _periods_counted() -> Iterator[tuple[str, ast.Call]]:
    service = Path(main.__file__).parent
    for file in sorted(service.rglob("*.py")):
        if file.parent.name == "deadlines":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = getattr(node, "func", None)
            called = getattr(name, "id", getattr(name, "attr", None))
            if isinstance(node, ast.Call) and called in COUNTING:
                yield f"{file.relative_to(service)}:{node.lineno}", node


COUNTING = {"deadline", "apply_limits", "apply_limit", "rule_of", "acceptance_review_due", "decision_due"}


def test_every_period_of_a_case_is_counted_by_the_act_that_governs_it() -> None:
    """The Act in force is the default, for who asks by hand: a case names its own."""
    found = list(_periods_counted())

    silent = [
        place
        for place, call in found
        if not any(each.arg == "law" for each in call.keywords)
        and not any("law" in ast.unparse(each) for each in call.args)
    ]
    assert len(found) > 15
    assert silent == []
