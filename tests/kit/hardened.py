"""An application behind all doors, with routes that read their bodies in every way there is."""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi_offline import FastAPIOffline
from pydantic import BaseModel

from shared.kit import problems
from shared.kit.bodies import BodyLimit
from shared.kit.hardening import harden

HERE = "http://127.0.0.1"
SMALL = BodyLimit(size=100, seconds=15)
FILE = BodyLimit(size=200, seconds=15)


class Sent(BaseModel):
    name: Any = None


def application(
    *, public_url: str | None = None, fields: BodyLimit = SMALL, file: BodyLimit = FILE
) -> FastAPI:
    app: FastAPI = FastAPIOffline(title="test")
    problems.install(app)

    @app.get("/read")
    def read(request: Request, q: str = "") -> dict[str, str]:
        structlog.get_logger().warning("read")
        return {"id": request.state.request_id, "q": q}

    @app.get("/asset")
    def asset() -> JSONResponse:
        return JSONResponse({}, headers={"Cache-Control": "public, max-age=60"})

    @app.get("/fail")
    def fail() -> None:
        raise RuntimeError("canary")

    @app.post("/sent")
    def sent(body: Sent) -> Any:
        return body.name

    @app.post("/form")
    async def form(request: Request) -> dict[str, int]:
        return {"fields": len(await request.form())}

    @app.post("/desk/imports/cases")
    @app.post("/raw")
    async def raw(request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    @app.post("/deaf")
    def deaf() -> str:
        return "never read"

    harden(app, public_url=public_url, fields=fields, file=file)
    return app
