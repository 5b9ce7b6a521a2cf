"""The queue of questions from the room: what waits first, each with what deserves a second look."""

from markupsafe import Markup

from arena.domain.proposal import Proposal, ProposalState
from arena.services.desk_views import DeskView
from arena.services.proposals import QueuedProposal, is_free
from arena.ui.desk_buttons import button, switch
from arena.ui.reading_parts import joined, paragraphs
from arena.ui.text import Text

_DECISIONS = (ProposalState.APPROVED, ProposalState.LATER, ProposalState.REJECTED)


def proposals(desk: DeskView, text: Text) -> Markup:
    """Nobody else sees any of it before it is asked."""
    room, event = desk.view.state.room, desk.view.event
    if not room.is_open:
        return Markup("")
    if not is_free(event):
        return Markup("<h2>{}</h2>{}").format(
            text("desk.proposals", count=0), paragraphs([text(f"desk.proposals.{event.settings.moderation}")])
        )
    items = joined(_item(one, text) for one in desk.queue)
    pending = sum(one.proposal.state is ProposalState.PENDING for one in desk.queue)
    return Markup('<h2>{heading}</h2><div class="row">{switch}</div>{queue}').format(
        heading=text("desk.proposals", count=pending),
        switch=switch(text("desk.set.takes_proposals"), "takes_proposals", is_on=room.takes_proposals),
        queue=Markup('<ul class="queue">{}</ul>').format(items) if items else paragraphs([text("desk.proposals.none")]),
    )


def _item(queued: QueuedProposal, text: Text) -> Markup:
    one = queued.proposal
    alerts = [
        Markup('<p class="alert">{}</p>').format(text(f"desk.proposal.{name}"))
        for name, is_there in (("personal_data", queued.has_personal_data), ("insult", queued.has_insult))
        if is_there
    ]
    return Markup(
        '<li data-state="{state}"><p class="soft">{words}</p><p><q dir="auto">{said}</q></p>{alerts}'
        '<div class="row">{buttons}</div>{edit}</li>'
    ).format(
        state=one.state,
        words=text(f"desk.proposal.state.{one.state}"),
        said=one.text,
        alerts=joined(alerts),
        buttons=joined(_buttons(one, text)),
        edit=_edit(one, text),
    )


def _buttons(one: Proposal, text: Text) -> list[Markup]:
    decisions = [
        button(
            text(f"desk.proposal.to.{state}"),
            "decide",
            id=f"{state}-{one.id}",
            proposal=one.id,
            decision=state.value,
        )
        for state in _DECISIONS
        if state is not one.state
    ]
    if one.state is not ProposalState.APPROVED:
        return decisions
    return [
        Markup('<button type="button" id="ask-{0}" class="strong" data-ask="{0}">{1}</button>').format(
            one.id, text("desk.ask.send")
        ),
        *decisions,
    ]


def _edit(one: Proposal, text: Text) -> Markup:
    return Markup(
        '<details id="edit-{id}"><summary>{edit}</summary><form id="edit-form-{id}" data-form="decide"'
        ' data-proposal="{id}"><label for="text-{id}">{label}</label>'
        '<textarea id="text-{id}" name="text" rows="3" maxlength="2000">{said}</textarea>'
        '<button id="edited-{id}" type="submit">{approve}</button></form></details>'
    ).format(
        id=one.id,
        edit=text("desk.proposal.edit"),
        label=text("desk.proposal.text"),
        said=one.text,
        approve=text("desk.proposal.approve_text"),
    )
