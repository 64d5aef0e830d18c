"""Deciding a batch: each claim in its turn is refused, recognised or accepted. Pure, over one history."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sse_board.boards.board import Board
from sse_board.boards.rules import InexactScore, apply
from sse_board.errors import BoardError, InvalidAction
from sse_board.scores.action import Accepted, ActionType, Award, Claim, Effect
from sse_board.scores.catalog import app_of
from sse_board.scores.history import History, Processed, Score
from sse_board.scores.rules import OfType, check_rate, check_time, check_type_limits, worth
from sse_board.sessions.rules import Run, check_evidence, check_run, is_lost, run_id


@dataclass(frozen=True, slots=True)
class Rules:
    """What the decisions depend on besides the history."""

    find_type: Callable[[str], ActionType | None]
    find_board: Callable[[str], Board | None]
    actions_per_minute: int
    least_run: timedelta


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The claim's id was processed before, or stands earlier in the same batch."""

    first: Processed


Decision = Accepted | Duplicate | BoardError


@dataclass(slots=True)
class Plan:
    """One decision for each claim, in order, and what the accepted ones leave behind."""

    history: History
    decisions: list[Decision] = field(default_factory=list)
    accepted: list[Accepted] = field(default_factory=list)
    touched: dict[tuple[str, str], Board] = field(default_factory=dict)
    added: dict[str, int] = field(default_factory=dict)
    finished: list[tuple[Run, Claim]] = field(default_factory=list)

    @property
    def seq(self) -> int:
        """The commit number that the whole batch ends at."""
        return self.history.seq + len(self.accepted)


def decide(
    claims: Sequence[Claim],
    history: History,
    rules: Rules,
    refusals: Callable[[str], list[datetime]],
    on_refusal: Callable[[str, datetime], None],
) -> Plan:
    """Claims in the order of arrival; each sees what the ones before it did.

    `refusals(user)` are the moments of the user's refused attempts, which count towards the rate.
    """
    plan = Plan(history)
    for claim in claims:
        try:
            decision = _decide(claim, plan, rules, refusals(claim.user_id))
        except BoardError as error:
            on_refusal(claim.user_id, history.now)
            decision = error
        plan.decisions.append(decision)
    return plan


def _decide(claim: Claim, plan: Plan, rules: Rules, refused: list[datetime]) -> Decision:
    """Idempotency, rate, action: in this order (each has its own answer)."""
    history = plan.history
    if claim.key in history.known:
        return Duplicate(history.known[claim.key])
    attempts = sorted([*history.recent.get(claim.user_id, ()), *refused])
    check_rate(attempts, history.now, rules.actions_per_minute)
    kind = rules.find_type(claim.action_type)
    if kind is not None:
        check_type_limits(kind, _done(history, claim), history.now)
    if claim.problem is not None:
        raise claim.problem
    if kind is None:
        raise InvalidAction("There is no action type of that name.", details={"actionType": "is unknown"})
    check_time(claim.claimed_at, history.now)
    award = worth(claim, kind, rules.find_board)
    run = _backing_run(claim, kind, history, rules)
    return _accept(claim, award, run, plan)


def _done(history: History, claim: Claim) -> OfType:
    return history.of_type.get((claim.user_id, claim.action_type), OfType(None, 0))


def _backing_run(claim: Claim, kind: ActionType, history: History, rules: Rules) -> Run | None:
    if not kind.requires_session:
        return None
    run = history.runs.get(run_id(claim.metadata) or "")
    run = check_run(run, claim.user_id, app_of(kind.slug), history.now, rules.least_run)
    if claim.evidence is not None and not is_lost(claim.evidence):
        fields = {*kind.bounds, *kind.fed_by}
        claimed = {name: value for name, value in claim.metadata.items() if name in fields and _is_number(value)}
        check_evidence(claim.evidence, claimed, kind.fed_by)
    return run


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _accept(claim: Claim, award: Award, run: Run | None, plan: Plan) -> Accepted:
    history, seq = plan.history, plan.seq + 1
    effects = _effects(claim, award, seq, history)
    accepted = Accepted(claim, seq, award.points, tuple(effect for _, _, effect in effects), history.now)
    for board, score, effect in effects:
        if effect.previous is None:
            plan.added[board.slug] = plan.added.get(board.slug, 0) + 1
        history.scores[board.slug, claim.user_id] = score
        plan.touched[board.slug, claim.user_id] = board
    plan.accepted.append(accepted)
    _remember(claim, accepted, run, plan)
    return accepted


def _effects(claim: Claim, award: Award, seq: int, history: History) -> list[tuple[Board, Score, Effect]]:
    """What the action does to each board, before any of it is taken over. Raises InvalidAction."""
    effects = []
    for board, value in award.values:
        before = history.scores.get((board.slug, claim.user_id), Score(None, 0))
        try:
            present = apply(board, before.present, value, seq, history.now)
        except InexactScore as error:
            raise InvalidAction("The score cannot be stored.", details={board.slug: str(error)}) from None
        previous = before.present.score if before.present else None
        score = Score(present, before.points + award.points)
        effects.append((board, score, Effect(board.slug, value, previous, present.score)))
    return effects


def _remember(claim: Claim, accepted: Accepted, run: Run | None, plan: Plan) -> None:
    """The claims behind this one in the batch see it as done."""
    history = plan.history
    history.known[claim.key] = Processed(accepted.points, accepted.effects, accepted.at)
    history.recent.setdefault(claim.user_id, []).append(history.now)
    done = _done(history, claim)
    history.of_type[claim.user_id, claim.action_type] = OfType(history.now, done.today + 1)
    if run is not None:
        history.runs[run.id] = replace(run, ended_at=history.now)
        plan.finished.append((run, claim))
