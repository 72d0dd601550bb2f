"""Measurements: what filing, importing, relaying, taking in and asking cost here, printed as one JSON document.

Compared variants take turns in one run and the median of the rounds is told: a machine that others use as well
changes every absolute number, and spoils a ratio only while it changes between two turns.
"""
