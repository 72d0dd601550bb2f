"""Every query of this service, by subject, and the one mapping between its rows and what the rules speak of."""
