"""Routers whose routes stand where they will be met, so that the framework builds each of them once."""

from typing import Any

from fastapi import APIRouter

from shared.kit import problems


def routes_of(service: str, **options: Any) -> APIRouter:
    """A router of this service: under `/{service}`, tagged with it, every refusal described.

    A router that is included under a prefix has each of its routes built a second time: of a service with many
    routes that is half of its start.
    """
    return APIRouter(prefix=f"/{service}", tags=[service], responses=problems.RESPONSES, **options)
