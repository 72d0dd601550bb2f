"""The kernel: all that a rule may import. Plain Python; it knows no framework, no database and no service."""
