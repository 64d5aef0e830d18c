"""People: passwords, tokens, action keys, roles, browser logins."""
