"""With recorded duels and no network at all: the server starts at once and sends nothing outward."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.domain.recorded import SMALL_FILE
from tests.test_cli import environment

ROOT = Path(__file__).parent.parent

# A network of its own: loopback, and a way out that counts whatever is sent and leads to nobody. The kernel itself
# must send nothing on it: no IPv6, which would announce a neighbour, and no question for the address of the gateway.
SCRIPT = """
set -e
ip link set lo up
ip link add way-out type veth peer name nowhere
sysctl -qw net.ipv6.conf.way-out.disable_ipv6=1 net.ipv6.conf.nowhere.disable_ipv6=1
ip link set way-out arp off
ip link set nowhere up
ip addr add 10.77.0.1/24 dev way-out
ip link set way-out up
ip route add default via 10.77.0.254 dev way-out
"$0" "$@"
"""
VISIT = """
import json, re, socket, subprocess, sys, time, urllib.request

def sent():
    said = subprocess.run(["ip", "-s", "-j", "link", "show", "way-out"], capture_output=True, check=True).stdout
    return json.loads(said)[0]["stats64"]["tx"]["packets"]

server = subprocess.Popen([sys.executable, "-m", "arena", *sys.argv[1:]], stdout=subprocess.PIPE, text=True)
try:
    url = next(line for line in server.stdout if line.startswith("Arena: ")).split()[1]
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    limit = time.monotonic() + 60
    while True:
        try:
            page = opener.open(url + "/").read()
            break
        except OSError:
            assert time.monotonic() < limit, "it never listened"
            time.sleep(0.05)
    health = opener.open(url.replace("/fr", "/healthz")).read().decode()
    time.sleep(3)  # whatever the server does on its own
finally:
    server.terminate()
    server.wait(60)
quiet = sent()
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outward:
    outward.sendto(b"counted?", ("192.0.2.1", 9))
print(json.dumps({"page": len(page), "health": health, "sent": quiet, "sent_after_a_probe": sent()}))
"""


def _can_have_a_network_of_its_own() -> bool:
    tools = all(shutil.which(tool) for tool in ("unshare", "ip", "sysctl"))
    return tools and subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not _can_have_a_network_of_its_own(), reason="needs unshare, ip, sysctl and the right to use them")
def test_not_one_packet_leaves_a_server_that_plays_recordings(tmp_path: Path) -> None:
    file = tmp_path / "soir.duels.json"
    file.write_bytes(SMALL_FILE)
    serving = ("serve", "--port", "0", "--recorded", str(file))
    command = ["unshare", "-n", "sh", "-c", SCRIPT, sys.executable, "-c", VISIT, *serving]
    # As it comes: it looks for model servers on loopback, and the demo plays.
    result = subprocess.run(
        command,
        env=environment(tmp_path, find_local_servers="true"),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    seen = json.loads(result.stdout.splitlines()[-1])
    assert seen["page"] > 1000
    assert seen["health"].startswith("ok ")
    assert (seen["sent"], seen["sent_after_a_probe"]) == (0, 1), "the counter counts, and had nothing to count"


@pytest.mark.skipif(not _can_have_a_network_of_its_own(), reason="needs unshare, ip, sysctl and the right to use them")
def test_a_room_plays_a_whole_round_and_not_one_packet_leaves(tmp_path: Path) -> None:
    file = tmp_path / "soir.duels.json"
    file.write_bytes(SMALL_FILE)
    playing = (sys.executable, "-m", "tests.netless_room", str(tmp_path), str(file))
    command = ["unshare", "-n", "sh", "-c", SCRIPT, *playing]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)
    assert result.returncode == 0, result.stderr
    seen = json.loads(result.stdout.splitlines()[-1])
    assert seen == {"votes": [[1, "a", 8]], "sent": 0, "sent_after_a_probe": 1}
