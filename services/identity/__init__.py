"""身份: who may sign in, at which office with which role; it can be replaced by an outside OpenID Connect issuer."""
