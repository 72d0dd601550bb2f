"""Mechanism that every service needs identically and that no statute can change."""
