"""The published language: one file per publisher, owned by that publisher. Contracts only ever grow."""
