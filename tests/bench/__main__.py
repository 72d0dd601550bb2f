"""`python -m tests.bench`: measure, print one JSON document, keep what is said meanwhile on standard error."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from shared.kit import logging
from tests.bench.measuring import MEASUREMENTS, measured
from tests.bench.rig import Rig
from tests.bench.sizes import QUICK, WHOLE
from tests.support import postgres


def main(
    output: Annotated[Path | None, typer.Option(help="Also write the document to this file.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Small sizes: does everything work?")] = False,
    only: Annotated[
        list[str] | None, typer.Option(help=f"Only these measurements: {', '.join(MEASUREMENTS)}.")
    ] = None,
) -> None:
    """Medians of several rounds, compared variants taking turns. The whole takes about six minutes."""
    unknown = set(only or ()) - set(MEASUREMENTS)
    if unknown:
        raise typer.BadParameter(f"there are only {', '.join(MEASUREMENTS)}", param_hint="--only")
    console = Console(stderr=True)
    logging.configure("WARNING", sys.stderr)
    with (
        tempfile.TemporaryDirectory(prefix="dingfen-bench-") as folder,
        console.status("starting PostgreSQL") as status,
        postgres.server(durable=True) as postgres_url,
    ):
        rig = Rig(Path(folder), postgres_url, told=status.update)
        document = measured(rig, QUICK if quick else WHOLE, only or tuple(MEASUREMENTS))
    text = json.dumps(document, ensure_ascii=False, indent=2)
    if output is not None:
        output.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    typer.run(main)
