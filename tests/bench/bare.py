"""What filing is compared with: one route of the same framework that inserts one SQLModel row, and nothing else.

Served by the same uvicorn with the same settings, through the same Database. `python -m tests.bench.bare URL PORT`.
"""

import sys
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy import JSON, Column, MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

from services.suite import server_of
from shared.kit import logging
from shared.kit.access import Open
from shared.kit.app import Health, Service, compose
from shared.kit.database import Database, UtcDateTime
from shared.kit.routing import routes_of
from shared.kit.settings import Settings

SERVICE = "bare"


class BareModel(SQLModel, registry=registry()):
    metadata = MetaData()


class BareApplication(BareModel):
    """What is typed in."""

    case_number: str
    organ_region: str
    organ_level: str | None = None
    respondent: str | None = None
    respondent_type: str | None = None
    matter: str | None = None
    field: str | None = None
    channel: str | None = None
    is_group: bool = False
    received_on: date


class BareCase(BareApplication, table=True):
    """The columns of a reconsideration case, without constraints and indexes."""

    id: UUID = Field(primary_key=True)
    version: int
    accepted_on: date | None = None
    refused_on: date | None = None
    refusal: str | None = None
    procedure: str | None = None
    decision_due_on: date | None = None
    due_provisional: bool = False
    closed_on: date | None = None
    outcome: str | None = None
    termination_ground: str | None = None
    withdraw_reason: str | None = None
    opinion_letters_on: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    recommendation_letters_on: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    cancelled: bool = False
    recorded_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


def create_router(database: Database) -> APIRouter:
    # The framework is the same as ours; it refuses a route that does not say who may use it.
    router = routes_of(SERVICE, dependencies=[Depends(Open("help"))])

    @router.post("/cases", status_code=201)
    def file(body: BareApplication) -> BareCase:
        given: dict[str, Any] = body.model_dump()
        row = BareCase(id=uuid7(), version=1, recorded_at=datetime.now(UTC), **given)
        with database.writing() as session:
            session.add(row)
        return row

    return router


def create(url: str) -> Service:
    database = Database(url, BareModel.metadata)
    return Service(
        name=SERVICE,
        routers=(create_router(database),),
        migrate=lambda: BareModel.metadata.create_all(database.engine),
        workers=(),
        health=lambda: Health(ready=True, facts={}),
        close=database.dispose,
    )


def main(url: str, port: str) -> None:
    logging.configure("INFO", sys.stderr)
    server_of(compose([create(url)], title=SERVICE), Settings(port=int(port))).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
