"""Values of tie-breaks as the wire writes them. Pure."""

from decimal import Decimal

from sse_board.tournaments.tournament import TieBreak, shown


def on_the_wire(code: TieBreak, value: int) -> int | Decimal:
    """From the unit that it is counted in: half-points, quarter-points, or one."""
    match code:
        case "SB" | "SB-C1":
            return value // 4 if value % 4 == 0 else Decimal(value) / 4
        case "BH" | "BH-C1" | "PS":
            return shown(value)
        case "DE" | "WIN" | "WON":
            return value
