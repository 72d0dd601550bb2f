"""Alembic runs this file; everything it does is the same for every service."""

from shared.kit.migrations import run

run()
