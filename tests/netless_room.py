"""A whole evening on recorded duels, to be run where there is no network: prints what was sent outward meanwhile.

``python -m tests.netless_room FOLDER RECORDING``: serves the recording, plays a round with phones, and counts.
"""

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from arena.domain.recording_file import read_recording
from arena.services.simulated_phones import SimulatedPhone
from tests.e2e.organiser_client import DEPLOYER
from tests.e2e.room_client import Desk
from tests.e2e.test_room_reliability import go, play, votes_by_round
from tests.serving import Application, running

PEOPLE = 8
STEPS = ("prompt", "answers", "vote", "closed", "footprints", "second_choice", "names", "debate")


def sent() -> int:
    """Packets that left by the way out, counted by the kernel."""
    said = subprocess.run(["ip", "-s", "-j", "link", "show", "way-out"], capture_output=True, check=True).stdout
    packets: int = json.loads(said)[0]["stats64"]["tx"]["packets"]
    return packets


def main(folder: Path, recording: Path) -> None:
    duel = read_recording(recording.read_bytes(), file=recording.name).duels[0]

    async def evening(desk: Desk, phones: Sequence[SimulatedPhone]) -> None:
        await asyncio.to_thread(desk.does, "play", duel=duel.id)
        for step in STEPS:
            await go(desk, phones, step)
            if step in ("vote", "second_choice"):
                replies = await asyncio.gather(*(phone.say(step, "a") for phone in phones))
                assert {reply.status_code for reply in replies} == {200}

    settings = {"recorded": str(recording), "find_local_servers": "true", "deployer_secret": DEPLOYER}
    with running(Application(folder, **settings)) as application:
        desk = play(application, PEOPLE, evening)
        votes = votes_by_round(application, desk.event_id)
        time.sleep(3)  # whatever the server does on its own
    quiet = sent()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outward:
        outward.sendto(b"counted?", ("192.0.2.1", 9))
    print(json.dumps({"votes": votes, "sent": quiet, "sent_after_a_probe": sent()}))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
