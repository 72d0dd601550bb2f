"""Alembic's entry; the connection comes from shared.kit.migrations.migrate."""

from shared.kit.migrations import run

run()
