"""Keeps track of one visitor across battles: reads all that is theirs, and erases it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import Engine, func
from sqlmodel import Session, col, delete, select

from arena.domain.battle import RevealStage
from arena.domain.reflection import Reflections
from arena.domain.side import Side
from arena.domain.summary import Erased, PastAnswer, PastBattle
from arena.domain.vote import Outcome
from arena.errors import BattleBusy
from arena.storage.budgets import keep_spent, lock_budgets
from arena.storage.footprints import read_footprints
from arena.storage.reflections import to_reflections
from arena.storage.rows import (
    AnswerRow,
    BattleRow,
    BattleSideRow,
    BetRow,
    NeedRow,
    ParticipantRow,
    ReactionRow,
    RematchRow,
    RevealRow,
    SecondChoiceRow,
    TurnRow,
    VoteRow,
)
from arena.storage.space import free_space
from arena.storage.transactions import reading, writing

OTHER_OPINIONS = (ReactionRow, BetRow, SecondChoiceRow, NeedRow)


class VisitorStore:
    """Each method is one transaction. Every one raises StorageError when the database refuses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def battles_of(self, visitor_id: str) -> tuple[PastBattle, ...]:
        """The battles that this visitor started, newest first, in as many queries for two as for two hundred.

        What was not revealed to this visitor is not read: neither models nor footprints.
        """
        with reading(self._engine) as session:
            reflections = _read_reflections(session, visitor_id)
            models = _read_models(session, visitor_id)
            answers = _read_answers(session, visitor_id)
            kept = _read_kept_sides(session, visitor_id)
            return tuple(
                PastBattle(
                    id=battle.id,
                    created_at=battle.created_at,
                    prompt=prompt,
                    is_demo=battle.is_demo,
                    is_rematch=battle.id in kept,
                    stage=_stage(reveal),
                    vote=Outcome(vote.outcome) if vote else None,
                    reflections=reflections[battle.id],
                    models=models[battle.id],
                    answers=tuple(answers[battle.id]),
                    kept_side=kept.get(battle.id) if reveal and reveal.names_at else None,
                    is_purged=battle.purged_at is not None,
                )
                for battle, prompt, reveal, vote in _read_battles(session, visitor_id)
            )

    def erase(self, visitor_id: str, *, is_running: Callable[[str], bool]) -> Erased:
        """Delete every row of this visitor, all or nothing; the bytes follow with ``free_space``.

        Battles that they started go with all that hangs on them, and so does what they said of any battle.
        ``is_running`` tells by its id whether a battle is being written: then nothing is deleted. Raises
        BattleBusy.
        """
        with writing(self._engine) as session:
            mine = col(BattleRow.visitor_id) == visitor_id
            lock_budgets(session, mine)
            locked = select(BattleRow.id).where(mine).order_by(col(BattleRow.id)).with_for_update()
            ids = session.exec(locked).all()  # nobody adds a turn meanwhile
            if any(is_running(battle_id) for battle_id in ids):
                raise BattleBusy
            keep_spent(session, mine)
            prompts, answers = _count_texts(session, visitor_id)
            votes = session.exec(delete(VoteRow).where(col(VoteRow.visitor_id) == visitor_id)).rowcount
            others = sum(
                session.exec(delete(row).where(col(row.visitor_id) == visitor_id)).rowcount for row in OTHER_OPINIONS
            )
            for row in (RevealRow, ParticipantRow):
                session.exec(delete(row).where(col(row.visitor_id) == visitor_id))
            battles = session.exec(delete(BattleRow).where(mine)).rowcount
            return Erased(battles=battles, prompts=prompts, answers=answers, votes=votes, others=others)

    def free_space(self) -> None:
        """Give back what was erased; see ``arena.storage.space``."""
        free_space(self._engine)


def _read_battles(
    session: Session, visitor_id: str
) -> Iterable[tuple[BattleRow, str, RevealRow | None, VoteRow | None]]:
    """Each battle with its first prompt and, where there are any, this visitor's reveal and vote; newest first."""
    query = (
        select(BattleRow, TurnRow.prompt, RevealRow, VoteRow)
        .join(TurnRow, (col(TurnRow.battle_id) == BattleRow.id) & (col(TurnRow.index) == 0))
        .outerjoin(RevealRow, (col(RevealRow.battle_id) == BattleRow.id) & (col(RevealRow.visitor_id) == visitor_id))
        .outerjoin(VoteRow, (col(VoteRow.battle_id) == BattleRow.id) & (col(VoteRow.visitor_id) == visitor_id))
        .where(BattleRow.visitor_id == visitor_id)
        .order_by(col(BattleRow.created_at).desc(), col(BattleRow.id).desc())
    )
    return session.exec(query)


def _read_reflections(session: Session, visitor_id: str) -> Mapping[str, Reflections]:
    """By battle, with nothing for a battle that nothing was said of."""
    query = select(BattleRow.id, BetRow, SecondChoiceRow, NeedRow).where(BattleRow.visitor_id == visitor_id)
    for row in (BetRow, SecondChoiceRow, NeedRow):
        query = query.outerjoin(row, (col(row.battle_id) == BattleRow.id) & (col(row.visitor_id) == visitor_id))
    said = {battle_id: to_reflections(bet, chosen, need) for battle_id, bet, chosen, need in session.exec(query)}
    return defaultdict(Reflections, said)


def _read_models(session: Session, visitor_id: str) -> Mapping[str, Mapping[Side, str]]:
    """The models of the battles whose names were shown."""
    query = (
        select(BattleSideRow)
        .join(BattleRow)
        .join(RevealRow, (col(RevealRow.battle_id) == BattleRow.id) & (col(RevealRow.visitor_id) == visitor_id))
        .where(BattleRow.visitor_id == visitor_id, col(RevealRow.names_at).is_not(None))
    )
    models: dict[str, dict[Side, str]] = defaultdict(dict)
    for row in session.exec(query):
        models[row.battle_id][Side(row.side)] = row.model_id
    return models


def _read_answers(session: Session, visitor_id: str) -> Mapping[str, list[PastAnswer]]:
    """The answers that produced something, of the battles whose footprints were shown.

    Of several methods the first one computed is the one that was shown.
    """
    mine = BattleRow.visitor_id == visitor_id, col(AnswerRow.token_source).is_not(None)
    revealed = (col(RevealRow.battle_id) == BattleRow.id) & (col(RevealRow.visitor_id) == visitor_id)
    ids = select(col(AnswerRow.id)).join(TurnRow).join(BattleRow).join(RevealRow, revealed).where(*mine)
    query = (
        select(TurnRow, AnswerRow.id, AnswerRow.side)
        .join(AnswerRow, col(AnswerRow.turn_id) == TurnRow.id)
        .where(col(AnswerRow.id).in_(ids))
        .order_by(col(TurnRow.index), col(AnswerRow.side))
    )
    answers: dict[str, list[PastAnswer]] = defaultdict(list)
    found = session.exec(query).all()
    footprints = read_footprints(session, ids)
    for turn, answer_id, side in found:
        shown = next(iter(footprints.get(answer_id or 0, ())), None)
        answers[turn.battle_id].append(PastAnswer(turn.index, Side(side), shown))
    return answers


def _read_kept_sides(session: Session, visitor_id: str) -> Mapping[str, Side]:
    """Which side a rematch kept, for the battles that are one."""
    query = select(RematchRow.battle_id, RematchRow.kept_side).join(
        BattleRow, col(BattleRow.id) == RematchRow.battle_id
    )
    rows = session.exec(query.where(BattleRow.visitor_id == visitor_id))
    return {battle_id: Side(side) for battle_id, side in rows}


def _count_texts(session: Session, visitor_id: str) -> tuple[int, int]:
    """How many prompts and answers hang on the battles of a visitor."""
    query = (
        select(func.count(func.distinct(TurnRow.id)), func.count(col(AnswerRow.id)))
        .select_from(TurnRow)
        .join(BattleRow)
        .outerjoin(AnswerRow, col(AnswerRow.turn_id) == TurnRow.id)
        .where(BattleRow.visitor_id == visitor_id)
    )
    return session.exec(query).one()


def _stage(row: RevealRow | None) -> RevealStage:
    if row is None:
        return RevealStage.BLIND
    return RevealStage.FOOTPRINTS if row.names_at is None else RevealStage.NAMES
