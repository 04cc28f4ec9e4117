"""Whom a request comes from behind reverse proxies: their list is believed, nobody else is."""

from __future__ import annotations

import asyncio
from ipaddress import ip_network
from typing import Any

import pytest
from tests.waiting import cpu_at_most

from plumbline.api.raw_body import Scope
from plumbline.config import Config, ProxyHeader, SettingError, load
from plumbline.identity import throttle
from plumbline.server.proxies import TrustedProxies, parse_address

PROXY = "10.0.0.5"
NETWORKS = Config(trusted_proxies="10.0.0.0/8, 2001:db8:1::/48 ,::1").proxy_networks
FORWARDED = ProxyHeader.FORWARDED


def seen(
    *headers: tuple[str, str],
    peer: str | None = PROXY,
    header: ProxyHeader = ProxyHeader.X_FORWARDED_FOR,
    networks: Any = NETWORKS,
) -> Scope:
    """The scope that the application behind gets."""
    passed: list[Scope] = []

    async def application(scope: Scope, receive: Any, send: Any) -> None:
        passed.append(scope)

    scope = {
        "type": "http",
        "scheme": "http",
        "client": (peer, 4711) if peer else None,
        "headers": [(b"host", b"internal:8042"), *((k.encode(), v.encode("latin-1")) for k, v in headers)],
    }
    asyncio.run(TrustedProxies(application, networks, header)(scope, None, None))  # type: ignore[arg-type]
    return passed[0]


def client(text: str, **more: Any) -> str:
    name = more.get("header", ProxyHeader.X_FORWARDED_FOR).value
    return str(seen((name, text), **more)["client"][0])


@pytest.mark.parametrize(
    ("text", "visitor"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:55123", "203.0.113.9"),
        # What the visitor sends stands left of what the proxies append.
        ("127.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("1.1.1.1, 8.8.8.8, 203.0.113.9, 10.9.9.9", "203.0.113.9"),
        ("203.0.113.9,10.0.0.7,10.0.0.8", "203.0.113.9"),
        # All are proxies: the furthest is the one who asked.
        ("10.0.0.7, 10.0.0.8", "10.0.0.7"),
        # What is no address ends the walk at the last proxy that is known.
        ("198.51.100.1, unknown, 10.0.0.8", "10.0.0.8"),
        ("unknown", PROXY),
        ("203.0.113.9, ", PROXY),
        ("", PROXY),
        ("[2001:db8:9::1]:443", "2001:db8:9::1"),
        ("2001:db8:9::1", "2001:db8:9::1"),
        ("2001:db8:9::1, 2001:db8:1::2", "2001:db8:9::1"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, ::ffff:10.1.2.3", "203.0.113.9"),
    ],
)
def test_the_first_from_the_right_that_is_no_proxy_is_the_visitor(text: str, visitor: str) -> None:
    assert client(text) == visitor


def test_lines_of_one_header_are_one_list() -> None:
    name = ProxyHeader.X_FORWARDED_FOR.value
    assert seen((name, "1.1.1.1"), (name, "203.0.113.9"))["client"][0] == "203.0.113.9"


def test_nobody_else_is_believed() -> None:
    """A local peer neither, unless it is on the list."""
    said = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https"), ("x-forwarded-host", "evil")]
    for peer in ("192.0.2.1", "127.0.0.1", "::ffff:127.0.0.1", None):
        scope = seen(*said, peer=peer)
        assert scope["client"] == ((peer, 4711) if peer else None)
        assert (scope["scheme"], scope["headers"][0]) == ("http", (b"host", b"internal:8042"))
    assert seen(*said, networks=())["client"][0] == PROXY
    assert client("203.0.113.9", peer="::1") == "203.0.113.9"
    assert client("203.0.113.9", peer="::ffff:10.1.2.3") == "203.0.113.9"


@pytest.mark.parametrize(
    ("text", "visitor"),
    [
        ("for=203.0.113.9", "203.0.113.9"),
        ('For="203.0.113.9:4711";proto=https;by=10.0.0.5', "203.0.113.9"),
        ('for="[2001:db8:9::1]:4711"', "2001:db8:9::1"),
        ("for=1.1.1.1, for=203.0.113.9", "203.0.113.9"),
        ("for=203.0.113.9, for=10.0.0.8;proto=http", "203.0.113.9"),
        # A quote that the visitor opens swallows nothing of what the proxy appends.
        ('for="1.1.1.1, for=203.0.113.9', "203.0.113.9"),
        ('for=1.1.1.1;host="a, for=203.0.113.9;proto=https', "203.0.113.9"),
        ("for=_hidden, for=10.0.0.8", "10.0.0.8"),
        ("for=unknown", PROXY),
        ("proto=https", PROXY),
        ("garbage", PROXY),
    ],
)
def test_forwarded(text: str, visitor: str) -> None:
    assert client(text, header=FORWARDED) == visitor


def test_only_the_header_of_the_settings_is_read() -> None:
    """A proxy passes on what it does not set itself, so the other one may come from the visitor."""
    both = [("forwarded", "for=1.1.1.1"), ("x-forwarded-for", "203.0.113.9")]
    assert seen(*both)["client"][0] == "203.0.113.9"
    assert seen(*both, header=FORWARDED)["client"][0] == "1.1.1.1"


def test_scheme_and_host_behind_a_proxy() -> None:
    scope = seen(
        ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-proto", "http, HTTPS"),
        ("x-forwarded-host", "evil.example, aims.example.org"),
    )
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    assert (scope["scheme"], hosts) == ("https", [b"aims.example.org"])
    text = 'for=1.1.1.1;proto=http;host=evil.example, for=203.0.113.9;proto=https;host="aims.example.org:443"'
    scope = seen(("forwarded", text), header=FORWARDED)
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    assert (scope["scheme"], hosts) == ("https", [b"aims.example.org:443"])
    for scheme, host in (("javascript", "a b"), ("", ""), ("ws", "a/b"), ("https\r\n", "a\r\nx: y")):
        scope = seen(("x-forwarded-proto", scheme), ("x-forwarded-host", host))
        assert scope["scheme"] in ("http", "https")
        assert (b"host", b"internal:8042") in scope["headers"]


def test_a_long_header_costs_nothing_and_hides_nobody() -> None:
    for filler in ("1.1.1.1, " * 20_000, '",' * 60_000, '"' * 100_000, "for=1.1.1.1;" * 9_000):
        with cpu_at_most(1):
            assert client(f"{filler},203.0.113.9") == "203.0.113.9"
            assert client(f"{filler},for=203.0.113.9", header=FORWARDED) == "203.0.113.9"


def test_settings() -> None:
    assert Config().proxy_networks == ()
    with pytest.raises(SettingError, match=r"PLUMBLINE_TRUSTED_PROXIES: 10\.0\.0\.1/8 is not"):
        load({"PLUMBLINE_TRUSTED_PROXIES": "::1, 10.0.0.1/8"})
    with pytest.raises(SettingError, match="PLUMBLINE_PROXY_HEADER must be one of"):
        load({"PLUMBLINE_PROXY_HEADER": "x-real-ip"})
    loaded = load({"PLUMBLINE_TRUSTED_PROXIES": "10.0.0.1", "PLUMBLINE_PROXY_HEADER": "forwarded"})
    assert (loaded.proxy_networks, loaded.proxy_header) == ((ip_network("10.0.0.1"),), FORWARDED)


def test_addresses() -> None:
    for nonsense in ("", "unknown", "_x", "1.2.3", "1.2.3.4.5", "[::1", "::1]", "example.org", "1.2.3.4/8"):
        assert parse_address(nonsense) is None or nonsense == "[::1"


def test_a_limit_counts_a_whole_network_of_ipv6_as_one_visitor() -> None:
    assert (
        throttle.network("2001:db8:9:1::1") == throttle.network("2001:db8:9:1:ffff::2") == "2001:db8:9:1::/64"
    )
    assert throttle.network("2001:db8:9:2::1") != throttle.network("2001:db8:9:1::1")
    assert (throttle.network("192.0.2.1"), throttle.network("unknown:")) == ("192.0.2.1", "unknown:")


@pytest.mark.django_db
def test_visitors_behind_one_proxy_have_a_budget_each(settings: Any) -> None:
    """And none of them gets a fresh one by inventing addresses."""
    from django.test import RequestFactory

    from plumbline.identity import sign_in
    from plumbline.kernel.problems import TooMany

    limit = settings.PLUMBLINE.sign_in_rate

    def tries(visitor: str, number: int) -> None:
        invented = f"198.51.100.{number}, {visitor}"
        address = client(invented)
        sign_in.throttle_address(RequestFactory(REMOTE_ADDR=address).get("/"))

    for number in range(limit):
        tries("203.0.113.9", number)
    with pytest.raises(TooMany):
        tries("203.0.113.9", limit)
    tries("203.0.113.10", 0)
