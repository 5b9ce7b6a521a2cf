"""All the stores of one database."""

from dataclasses import dataclass

from sqlalchemy import Engine

from arena.storage.ballots import BallotStore
from arena.storage.battles import BattleStore
from arena.storage.budgets import BudgetStore
from arena.storage.censuses import CensusStore
from arena.storage.datasets import DatasetStore
from arena.storage.disk import DiskStore
from arena.storage.events import EventStore
from arena.storage.footprints import FootprintStore
from arena.storage.organisers import OrganiserStore
from arena.storage.prompts import PromptStore
from arena.storage.proposals import ProposalStore
from arena.storage.reflections import ReflectionStore
from arena.storage.reports import ReportStore
from arena.storage.retention import RetentionStore
from arena.storage.rooms import RoomStore
from arena.storage.standings import StandingStore
from arena.storage.visitors import VisitorStore


@dataclass(frozen=True, slots=True)
class Stores:
    """Where battles, what follows from them and events are kept, what is read of all, and what is erased or hidden."""

    battles: BattleStore
    footprints: FootprintStore
    reflections: ReflectionStore
    standings: StandingStore
    visitors: VisitorStore
    budgets: BudgetStore
    retention: RetentionStore
    reports: ReportStore
    datasets: DatasetStore
    censuses: CensusStore
    prompts: PromptStore
    events: EventStore
    organisers: OrganiserStore
    rooms: RoomStore
    ballots: BallotStore
    proposals: ProposalStore
    disk: DiskStore


def stores_of(engine: Engine, *, catalogue_version: str) -> Stores:
    """The stores on one engine; the version is written into each new battle."""
    return Stores(
        battles=BattleStore(engine, catalogue_version=catalogue_version),
        footprints=FootprintStore(engine),
        reflections=ReflectionStore(engine),
        standings=StandingStore(engine),
        visitors=VisitorStore(engine),
        budgets=BudgetStore(engine),
        retention=RetentionStore(engine),
        reports=ReportStore(engine),
        datasets=DatasetStore(engine),
        censuses=CensusStore(engine),
        prompts=PromptStore(engine),
        events=EventStore(engine),
        organisers=OrganiserStore(engine),
        rooms=RoomStore(engine),
        ballots=BallotStore(engine),
        proposals=ProposalStore(engine),
        disk=DiskStore(engine),
    )
