"""Recording duels from the shell, to play them later where there is no network."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from arena.commands.refusing import refuse, refuse_in_words, settings_or_exit
from arena.domain.data_node import LOCALES
from arena.domain.recording import RecordedDuel
from arena.domain.recording_file import SUFFIX
from arena.errors import ArenaError, PairingError
from arena.opening import catalogue_of, rules_of, start_rules_of
from arena.providers.client import open_client
from arena.services.arena import open_line_up
from arena.services.footprints import FootprintService
from arena.services.line_up import LineUp
from arena.services.observing import Observer, look_around
from arena.services.recorder import Heard, Recorder
from arena.services.recording_draft import RecordingDraft
from arena.services.recording_prompts import PromptToRecord, read_prompts
from arena.settings import Settings, environment


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be recorded."""

    prompts: tuple[PromptToRecord, ...]
    models: tuple[str, ...]
    out: Path
    max_tokens: int | None


@dataclass(slots=True)
class _Outcome:
    """What became of it; ``failures`` by prompt."""

    duels: Sequence[RecordedDuel] = ()
    failures: list[tuple[str, Heard]] = field(default_factory=list)


def record(
    prompts: Annotated[Path, typer.Option(help="A prompt a line, or a YAML list of {prompt, locale, theme}.")],
    models: Annotated[str, typer.Option(help="Ids of at least two models, with commas between them.")],
    locale: Annotated[str | None, typer.Option(help="Language of the prompts that name none.")] = None,
    out: Annotated[Path | None, typer.Option(help="The file; if it is there, only what is missing is asked.")] = None,
    max_tokens: Annotated[int | None, typer.Option(min=16, max=32_000, help="Length cap of an answer.")] = None,
) -> None:
    """Ask models for whole answers and keep them as duels in one file; exit 1 if there is none."""
    settings = settings_or_exit()
    locale = locale or settings.default_locale
    if locale not in LOCALES:
        raise typer.BadParameter(f"--locale is one of {', '.join(LOCALES)}")
    names = tuple(dict.fromkeys(name.strip() for name in models.split(",") if name.strip()))
    if len(names) < 2:
        raise typer.BadParameter("--models needs two different ids at least")
    try:
        wanted = read_prompts(prompts, locale=locale, rules=rules_of(settings).prompts)
        order = _Order(wanted, names, out or _default_out(), max_tokens)
        outcome = asyncio.run(_record(settings, order))
    except KeyboardInterrupt:
        raise refuse_in_words("Stopped. The same command asks for what is missing.") from None
    except ArenaError as error:
        raise refuse(error) from error
    _print_failures(outcome)
    if not outcome.duels:
        typer.echo("No duel has two answers: nothing to play yet.")
        raise typer.Exit(1)
    typer.echo(f"{len(outcome.duels)} duels: {order.out} ({order.out.stat().st_size:,} bytes)")


def _default_out() -> Path:
    return Path(f"recorded-{datetime.now(UTC).date()}{SUFFIX}")


async def _record(settings: Settings, order: _Order) -> _Outcome:
    footprints = FootprintService.load()
    catalogue = catalogue_of(settings, footprints)
    footprints = FootprintService.load(catalogue_version=catalogue.version)
    async with (
        open_client() as client,
        open_line_up(catalogue, client, footprints, environment(), start_rules_of(settings)) as line_up,
    ):
        _refuse_unavailable(order.models, line_up)
        draft = RecordingDraft(order.out, line_up.catalogue)
        if there := await asyncio.to_thread(draft.resume):
            typer.echo(f"{there} answers are there already.")
        rules = rules_of(settings).writing
        rules = replace(rules, max_answer_tokens=order.max_tokens or rules.max_answer_tokens)
        observer = Observer(client, await look_around(client, line_up, measure=settings.measure))
        recorder = Recorder(client, line_up, footprints, observer, rules)
        return await _ask_all(recorder, draft, order)


def _refuse_unavailable(models: Sequence[str], line_up: LineUp) -> None:
    available = [model.id for model in line_up.models]
    if absent := [model_id for model_id in models if model_id not in available]:
        raise PairingError(f"not available: {', '.join(absent)}; there are {', '.join(available) or 'none'}")


async def _ask_all(recorder: Recorder, draft: RecordingDraft, order: _Order) -> _Outcome:
    """One prompt after the other, its models together; every answer is on the disk as soon as it came."""
    outcome = _Outcome()
    total = len(order.prompts) * len(order.models)
    done = total - sum(len(draft.missing(prompt, order.models)) for prompt in order.prompts)
    for prompt in order.prompts:

        def tell(heard: Heard, prompt: PromptToRecord = prompt) -> None:
            nonlocal done
            done += 1
            if heard.recorded is not None:
                draft.add(prompt, heard.recorded)
            else:
                outcome.failures.append((prompt.prompt, heard))
            typer.echo(f"{done:>{len(str(total))}}/{total}  {_line_of(heard)}")

        await recorder.ask(prompt.prompt, draft.missing(prompt, order.models), tell)
    outcome.duels = await asyncio.to_thread(draft.finish, order.models)
    return outcome


def _line_of(heard: Heard) -> str:
    if heard.recorded is None:
        return f"{heard.model_id}  {heard.error_key}"
    answer = heard.recorded.answer
    return f"{heard.model_id}  {answer.duration_s or 0:.1f} s  {answer.usage.output_tokens or 0} tokens"


def _print_failures(outcome: _Outcome) -> None:
    if not outcome.failures:
        return
    width = max(len(heard.model_id) for _, heard in outcome.failures)
    typer.echo(f"\n{'model':{width}}  result, after a second try  (prompt)")
    for prompt, heard in outcome.failures:
        typer.echo(f"{heard.model_id:{width}}  {heard.error_key}  ({prompt[:60]})")
