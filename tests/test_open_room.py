"""A room that is opened to the network and closed again, on the whole application in a process of its own.

127.0.0.2 stands for an address of the room's network: a server on 127.0.0.1 does not answer there.
"""

import json
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import httpx
import pytest

from tests.serving import LIMIT_S, Application, running

ELSEWHERE = "127.0.0.2"
HERE_ONLY = pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no 127.0.0.2 until it is added")


class Room(Application):
    """The application with handles on its door."""

    def __init__(self, folder: Path, loop: str = "uvloop") -> None:
        super().__init__(folder, demo="always", demo_speed="30")
        self.program = ("-m", "tests.door_program", "--loop", loop)

    def ask(self, path: str, host: str = "127.0.0.1") -> str:
        """What is said there; ``refused`` where nobody listens."""
        try:
            return httpx.get(
                f"http://{host}:{self.port}{path}", timeout=LIMIT_S, trust_env=False, verify=False
            ).text.strip()
        except httpx.ConnectError:
            return "refused"


@HERE_ONLY
@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_the_room_answers_between_opening_and_closing_only_and_after_a_power_cut_too(tmp_path: Path, loop: str) -> None:
    with running(Room(tmp_path, loop)) as room:
        own, other = f"http://127.0.0.1:{room.port}", f"http://{ELSEWHERE}:{room.port}"
        assert room.ask("/healthz", ELSEWHERE) == "refused"
        assert room.ask(f"/test/open?ip={ELSEWHERE}") == other
        healthy = room.ask("/healthz")
        assert healthy.startswith("ok ")
        assert room.ask("/healthz", ELSEWHERE) == healthy
        assert "<html" in room.ask("/fr/", ELSEWHERE)
        room.kill()
        assert room.ask("/healthz", ELSEWHERE) == "refused"
        room.start()
        assert room.ask("/healthz", ELSEWHERE) == "refused"
        assert room.ask(f"/test/open?ip={ELSEWHERE}") == other
        assert room.ask("/healthz", ELSEWHERE) == healthy
        assert room.ask("/test/close", ELSEWHERE) == own  # the desk may itself have come from the network
        assert room.ask("/healthz", ELSEWHERE) == "refused"
        assert room.ask("/healthz") == healthy
        assert room.ask(f"/test/open?ip={ELSEWHERE}") == other
        room.stop()
        assert room.ask("/healthz", ELSEWHERE) == room.ask("/healthz") == "refused"
        log = room.log.read_text(encoding="utf-8")
        assert "Traceback" not in log
        assert "ERROR" not in log


# Two machines with a network of their own, which no packet of this one enters: the organiser's with a Wi-Fi and a
# virtual adapter, and a phone at the other end of that Wi-Fi.
TWO_MACHINES = """
    unshare --net sleep 300 & phone=$!
    trap "kill $phone" EXIT
    ip link set lo up
    ip link add wlan7 type veth peer name phone0
    ip link add docker0 type bridge
    ip addr add 192.168.77.5/24 dev wlan7
    ip addr add 172.17.0.1/16 dev docker0
    ip link set wlan7 up
    ip link set docker0 up
    ip route add default dev wlan7
    until ip link set phone0 netns $phone 2>/dev/null && nsenter -t $phone -n ip link set phone0 up; do sleep 0.1; done
    nsenter -t $phone -n ip addr add 192.168.77.50/24 dev phone0
    nsenter -t $phone -n ip route add default dev phone0
    {python} -m tests.test_open_room {folder} $phone
"""
PHONE = """
import sys, httpx
try:
    print(httpx.get(sys.argv[1], timeout=60, trust_env=False, verify=False).text.split()[0])
except httpx.ConnectError:
    print("refused")
"""
LIST_ADDRESSES = """
import json
from arena.services.lan import find_addresses
print(json.dumps([(address.ip, address.adapter, address.is_routed) for address in find_addresses()]))
"""


def meet(folder: Path, phone: str) -> dict[str, object]:
    """Runs inside: find the address, open the room there, visit it from the phone, change the network, report."""

    def visit(ip: str) -> str:
        command = ["nsenter", "-t", phone, "-n", sys.executable, "-c", PHONE, f"http://{ip}:{room.port}/healthz"]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()

    def change(*words: str) -> None:
        subprocess.run(["ip", "addr", *words, "dev", "wlan7"], check=True)

    with running(Room(folder)) as room:
        listed = subprocess.run([sys.executable, "-c", LIST_ADDRESSES], capture_output=True, check=True, text=True)
        addresses = json.loads(listed.stdout)
        ip, new = addresses[0][0], "192.168.88.9"
        report = {"addresses": addresses, "before": visit(ip), "opened": room.ask(f"/test/open?ip={ip}")}
        report["during"] = visit(ip)
        change("add", f"{new}/24")
        report["moved"] = room.ask(f"/test/open?ip={new}")
        report |= {"there": visit(new), "no longer there": visit(ip)}
        change("del", f"{ip}/24")
        report["stranger"] = room.ask(f"/test/open?ip={ip}")
        report["still there"] = visit(new)
        room.ask("/test/close")
        report["closed"] = visit(new)
    return json.loads(json.dumps(report).replace(f":{room.port}", ""))  # type: ignore[no-any-return]


def may_have_a_network() -> bool:
    if any(shutil.which(tool) is None for tool in ("unshare", "nsenter", "ip", "bash")):
        return False
    trial = ["unshare", "--user", "--map-root-user", "--net", "ip", "link", "add", "wlan7", "type", "veth"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


def test_a_phone_on_the_same_network_reaches_the_room_only_where_it_is_open(tmp_path: Path) -> None:
    if not may_have_a_network():
        pytest.skip("this machine lets nobody make a network")
    script = textwrap.dedent(TWO_MACHINES).format(python=sys.executable, folder=tmp_path)
    command = ["unshare", "--user", "--map-root-user", "--net", "bash", "-ec", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "addresses": [["192.168.77.5", "wlan7", True], ["172.17.0.1", "docker0", False]],
        "before": "refused",
        "opened": "http://192.168.77.5",
        "during": "ok",
        "moved": "http://192.168.88.9",
        "there": "ok",
        "no longer there": "refused",
        "stranger": "error.door.not_here",
        "still there": "ok",
        "closed": "refused",
    }


def test_a_server_that_starts_open_says_where(tmp_path: Path) -> None:
    room = Application(tmp_path, demo="always", host="0.0.0.0")
    with running(room):
        limit = time.monotonic() + LIMIT_S
        while "Open to the network" not in (said := room.log.read_text(encoding="utf-8")):
            assert time.monotonic() < limit, said
            time.sleep(0.1)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(meet(Path(sys.argv[1]), sys.argv[2])))
