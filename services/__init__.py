"""The services talk through events, never through imports."""
