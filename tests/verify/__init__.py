"""The stand-alone verifier, against real audited databases."""
