"""The AsyncAPI 3 document of all published events, made from the contracts themselves."""

from typing import Any, get_args

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.contracts.envelope import Envelope
from shared.contracts.litigation import LitigationEvent
from shared.contracts.mediation import MediationEvent, OrganisationEvent
from shared.contracts.reconsideration import ReconsiderationEvent

CONTRACTS: tuple[tuple[str, type[Envelope[Any]], str], ...] = (
    ("reconsideration", ReconsiderationEvent, "行政复议案件"),
    ("mediation", MediationEvent, "人民调解案件"),
    ("mediation", OrganisationEvent, "调解组织登记"),
    ("litigation", LitigationEvent, "行政应诉案件"),
)


def event_types(contract: type[BaseModel]) -> tuple[str, ...]:
    """The CloudEvents types that a contract may carry."""
    types: tuple[str, ...] = get_args(contract.model_fields["type"].annotation)
    return types


def document() -> dict[str, Any]:
    """AsyncAPI 3.0: one channel per event type, each with its message and payload schema."""
    _, schemas = models_json_schema(
        [(contract, "validation") for _, contract, _ in CONTRACTS],
        ref_template="#/components/schemas/{model}",
    )
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    for service, contract, title in CONTRACTS:
        for type_ in event_types(contract):
            name = "_".join(type_.split(".")[1:3])
            messages[name] = {
                "name": type_,
                "title": title,
                "contentType": "application/cloudevents+json",
                "payload": {"$ref": f"#/components/schemas/{contract.__name__}"},
            }
            channels[name] = {
                "address": f"disputes.{service}.{{partition}}.{type_.split('.')[2]}",
                "parameters": {"partition": {"description": "p00 … p63, from the case id"}},
                "messages": {name: {"$ref": f"#/components/messages/{name}"}},
            }
            operations[f"publish_{name}"] = {
                "action": "send",
                "channel": {"$ref": f"#/channels/{name}"},
                "messages": [{"$ref": f"#/channels/{name}/messages/{name}"}],
            }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "定分 · 事件",
            "version": "1.0.0",
            "description": "每个事件都带着案件变更后的全部统计事实，不含任何个人信息。",
        },
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas.get("$defs", {})},
    }
