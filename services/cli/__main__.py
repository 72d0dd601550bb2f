"""`python -m services.cli` is the same as `dingfen`."""

from services.cli.app import main

main()
