"""What becomes of actions, and how long it takes, in plain numbers."""

from collections import Counter
from typing import Any

from sse_board.errors import BoardError
from sse_board.tally import Tally
from sse_board.web.direct import Handler, Posted

#: Upper ends of batches: most are small, and 256 is where they end. Actions.
BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Counts:
    """`outcomes` by what the client was told: `accepted`, or the code of the error in lower case."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter(accepted=0)
        self.batch_sizes = Tally(BATCH_SIZES)
        self.commit_seconds = Tally()
        self.fold_seconds = Tally()

    def counted(self, handler: Handler) -> Handler:
        """The handler, and its answers counted."""

        async def answer(posted: Posted) -> Any:
            outcome = "internal"
            try:
                data = await handler(posted)
                outcome = "accepted"
            except BoardError as error:
                outcome = error.code.lower()
                raise
            finally:
                self.outcomes[outcome] += 1
            return data

        return answer
