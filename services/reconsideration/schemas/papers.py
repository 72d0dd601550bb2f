"""What is entered to issue a paper, to make it void, or to look at its draft. Shape only."""

from datetime import date
from typing import Annotated

from pydantic import Field, StrictBool

from services.reconsideration.documents.kinds import PaperKind
from services.reconsideration.schemas import steps
from services.reconsideration.schemas.filing import Body, Number, Words
from shared.kit import text

Line = Annotated[str, text.Words(20_000)]
# Strict: read laxly, a flag that is true would become the number 1.
Written = (
    Line
    | StrictBool
    | Annotated[int, Field(strict=True, ge=0, le=100_000)]
    | Annotated[list[Line], Field(max_length=200)]
)
WrittenFields = dict[Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")], Written]


class IssuePaper(Body):
    """`fields` are what the books do not know, or what shall stand otherwise on the paper."""

    kind: PaperKind
    issued_on: date
    number: Number | None = None
    fields: WrittenFields = Field(default_factory=dict)


class VoidPaper(Body):
    reason: Words


class DraftPaper(Body):
    """`fields` as for issuing; the step that is proposed with the paper is written as it would be entered."""

    fields: WrittenFields = Field(default_factory=dict)

    def proposal(self) -> steps.StepBody | None:
        found = getattr(self, "step", None)
        return found if isinstance(found, steps.StepBody) else None


class DraftNonAcceptance(DraftPaper):
    step: steps.Decline


class DraftSuspension(DraftPaper):
    step: steps.Suspend


class DraftExtension(DraftPaper):
    step: steps.Extend


class DraftConversion(DraftPaper):
    step: steps.Convert


class DraftDismissal(DraftPaper):
    step: steps.RejectApplication


class DraftTermination(DraftPaper):
    step: steps.Terminate | steps.Withdraw


class DraftMediation(DraftPaper):
    """All that the parties are to sign is among the fields."""


class DraftDecision(DraftPaper):
    step: steps.SubmitDecision | None = None  # none once it has been submitted
