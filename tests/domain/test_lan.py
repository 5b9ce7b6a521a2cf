"""Which addresses a phone may try, and what an organiser types for one."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from arena.domain.lan import LanAddress, base_url_of, best_first, read_address
from arena.errors import AddressRefused

ADAPTERS = ("wlan0", "en0", "docker0", "veth12", "utun3", "Wi-Fi", "vEthernet (WSL)")
ips = st.one_of(st.ip_addresses().map(str), st.sampled_from(["127.0.0.1", "169.254.3.4", "fe80::1", "nonsense", ""]))
addresses = st.builds(LanAddress, ips, st.sampled_from(ADAPTERS), st.booleans())


def order(*given: LanAddress) -> list[str]:
    return [address.ip for address in best_first(given)]


def test_the_room_comes_before_the_rest() -> None:
    assert order(
        LanAddress("fe80::1", "wlan0"),
        LanAddress("fd00::7", "wlan0"),
        LanAddress("127.0.0.1", "lo"),
        LanAddress("169.254.1.2", "eth1"),
        LanAddress("172.17.0.1", "docker0"),
        LanAddress("10.8.0.2", "tun0", is_routed=True),  # a VPN takes all packets, and no phone is in it
        LanAddress("82.64.1.1", "eth0"),
        LanAddress("10.0.0.5", "eth0"),
        LanAddress("192.168.1.20", "wlan0", is_routed=True),
    ) == [
        "192.168.1.20", "10.0.0.5", "82.64.1.1", "fd00::7", "10.8.0.2", "172.17.0.1", "169.254.1.2",
    ]  # fmt: skip


@pytest.mark.parametrize("adapter", ["bridge100", "Microsoft Wi-Fi Direct Virtual Adapter #2", "ap0", "wlp2s0", "en0"])
def test_a_hotspot_of_the_organiser_is_a_real_adapter(adapter: str) -> None:
    assert not LanAddress("192.168.137.1", adapter).is_virtual


@pytest.mark.parametrize(
    "adapter",
    ["br-1f2e", "virbr0", "vmnet8", "wg0", "tailscale0", "utun4", "vEthernet (WSL)", "VirtualBox Host-Only Adapter"],
)
def test_what_leads_elsewhere_is_virtual(adapter: str) -> None:
    assert LanAddress("10.1.2.3", adapter).is_virtual


@given(st.lists(addresses))
def test_the_order_depends_on_the_addresses_alone_and_nothing_unreachable_is_kept(given: list[LanAddress]) -> None:
    kept = best_first(given)
    assert kept == best_first(reversed(given)) == best_first(kept)
    assert len({address.ip for address in kept}) == len(kept)
    assert set(kept) <= set(given)
    for address in kept:
        ip = ip_address(address.ip)
        assert not any((ip.is_loopback, ip.is_unspecified, ip.is_multicast))
        assert ip.version == 4 or not ip.is_link_local


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("192.168.1.20", "http://192.168.1.20:7860"),
        (" 192.168.1.20:8000 ", "http://192.168.1.20:8000"),
        ("http://192.168.1.20:7860/fr/", "http://192.168.1.20:7860"),
        ("HTTP://Arena.Local/", "http://arena.local"),
        ("arena.local", "http://arena.local:7860"),
        ("arena.local.", "http://arena.local:7860"),
        ("https://arena.example.org", "https://arena.example.org"),
        ("https://arena.example.org:443/e/ABCDEF?x=1#y", "https://arena.example.org"),
        ("http://arena.example.org:80", "http://arena.example.org"),
        ("café.local:80", "http://xn--caf-dma.local"),
        ("fd00::2", "http://[fd00::2]:7860"),
        ("[fd00::2]:80", "http://[fd00::2]"),
        ("https://[FD00::2]", "https://[fd00::2]"),
        ("192.168.1.20.", "http://192.168.1.20:7860"),  # the full stop of a sentence
        ("salle_2", "http://salle_2:7860"),
    ],
)
def test_an_address_is_read_as_it_is_typed_or_pasted(typed: str, read: str) -> None:
    assert read_address(typed, port=7860) == read


def test_without_a_port_to_add_none_is_added() -> None:
    assert read_address("192.168.1.20") == "http://192.168.1.20"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "192.168.1",
        "192.168.1.300",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "fe80::1%eth0",
        "a b",
        "arena..local",
        "-arena.local",
        "arena.local:0",
        "arena.local:70000",
        "arena.local:x",
        "arena.local:",
        "http://",
        "http://user:secret@arena.local",
        "user@arena.local",
        "http://[fd00::2",
        "http://[arena]",
        "1.2",
        "0x7f.0x1",
        "2130706433",
        "/fr/",
        "?",
        "mailto:anne@example.org",
        "javascript:alert(1)",
        "<b>",
        "x" * 301,
        "http:// 192.168.1.20",
        "http://a\\b",
        "1:2:3",
        "été" * 90,
    ],
)
def test_nonsense_is_refused(typed: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        read_address(typed, port=7860)
    assert refused.value.key == "error.address.unreadable"


@pytest.mark.parametrize("typed", ["ftp://arena.local", "file:///etc/passwd", "ws://192.168.1.20"])
def test_another_scheme_is_refused_by_name(typed: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        read_address(typed)
    assert refused.value.key == "error.address.scheme"


@given(st.text() | st.from_regex(r"(https?://)?[a-z0-9.:\[\]@%/-]{1,40}", fullmatch=True))
def test_whatever_is_typed_is_refused_in_words_or_read_to_the_same_for_ever(typed: str) -> None:
    try:
        read = read_address(typed, port=7860)
    except AddressRefused:
        return
    parts = urlsplit(read)
    assert parts.scheme in ("http", "https")
    assert (parts.path, parts.query, parts.fragment, parts.username) == ("", "", "", None)
    assert read.isascii()
    assert read_address(read, port=1) == read


@given(st.ip_addresses(), st.integers(1, 65535))
def test_every_address_with_a_port_is_read_back(ip: IPv4Address | IPv6Address, port: int) -> None:
    assume(not ip.is_unspecified and not ip.is_multicast)
    url = base_url_of(str(ip), port)
    assert read_address(url) == read_address(url.removeprefix("http://"), port=port) == url
