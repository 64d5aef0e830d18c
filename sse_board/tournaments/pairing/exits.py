"""How the engine ends, besides with an answer. Apart from it, because who starts it need not load it."""

#: The rules leave no pairing of the round.
IMPOSSIBLE = 3
