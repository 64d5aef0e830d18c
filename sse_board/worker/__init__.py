"""What runs once for the whole installation."""

from sse_board.worker.work import run

__all__ = ["run"]
