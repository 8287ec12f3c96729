"""Routing scripts: what is certain on every way through them is said, and nothing else."""

from __future__ import annotations

import random

import pytest

from sipdiag.facts.config import Trunk
from sipdiag.platforms import adapt
from sipdiag.platforms.kamailio_script import If, script_of
from sipdiag.platforms.kamailio_tokens import tokens_of
from sipdiag.sources.documents import DocumentError, read_document

IN_DIALOG = """
    if (has_totag()) {
        if (loose_route()) { t_relay(); exit; }
        sl_send_reply("404", "Not here");
        exit;
    }
"""


def proxy(body: str, before: str = "", after: str = "") -> Trunk:
    text = f"{before}\nrequest_route {{\n{body}\n}}\n{after}"
    found = adapt(read_document(text.encode(), "kamailio.cfg", "in1"), "kamailio.cfg", "in1")
    assert found is not None
    (trunk,) = found.trunks
    return trunk


def taken(body: str, before: str = "", after: str = "") -> tuple[str, str, bool | None]:
    trunk = proxy(body, before, after)
    return str(trunk.refer), str(trunk.notify), trunk.records_route.value


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (IN_DIALOG + "record_route(); t_relay();", ("allow", "allow", True)),
        (IN_DIALOG + 'if (is_method("INVITE")) record_route();\nt_relay();', ("allow", "allow", True)),
        (IN_DIALOG + "t_relay();", ("allow", "allow", False)),
        (IN_DIALOG + "if ($si == 192.0.2.1) record_route();\nt_relay();", ("allow", "allow", None)),
        ('if (method == "REFER") { sl_send_reply("403", "No"); exit; }' + IN_DIALOG + "t_relay();", ("deny", "allow", False)),
        ('if ($rm =~ "^(REFER|NOTIFY)$") drop;' + IN_DIALOG + "t_relay();", ("deny", "deny", False)),
        ('if (is_method("REFER") && $si == 192.0.2.1) { exit; }' + IN_DIALOG + "t_relay();", ("", "allow", False)),
        ('if (!(is_method("INVITE|ACK|BYE|REFER") || $si == 192.0.2.1)) drop;' + IN_DIALOG + "t_relay();", ("allow", "", False)),
        ("route(GONE);" + IN_DIALOG + "t_relay();", ("", "", None)),
        ('if (is_method("REFER")) { my_refer(); exit; }' + IN_DIALOG + "t_relay();", ("", "allow", False)),
        ('if (is_method("REFER")) { sl_send_reply("$var(code)", "x"); exit; }' + IN_DIALOG + "t_relay();", ("", "allow", False)),
        ("if (has_totag()) { if (!loose_route()) { exit; } if (t_relay() < 0) { exit; } exit; } record_route(); t_relay();", ("allow", "allow", True)),
        ("while ($var(i) < 3) { $var(i) = $var(i) + 1; }" + IN_DIALOG + "record_route(); t_relay();", ("allow", "allow", True)),
        ('/* is_method("REFER") drop; */ # drop;\n// drop;\n' + IN_DIALOG + "record_route(); t_relay();", ("allow", "allow", True)),
    ],
)  # fmt: skip
def test_what_becomes_of_requests(body: str, expected: tuple[str, str, bool | None]) -> None:
    assert taken(body) == expected


def test_routes_call_routes() -> None:
    body = "route(CHECK); route(DLG); record_route(); route(OUT);"
    routes = (
        'route[CHECK] { if (is_method("INVITE|ACK|BYE|CANCEL|NOTIFY")) return; sl_send_reply("405", "x"); exit; }\n'
        "route[DLG] { if (!has_totag()) return; if (loose_route()) { route(OUT); exit; } exit; }\n"
        "route[OUT] { if (!t_relay()) { sl_reply_error(); } exit; }"
    )
    assert taken(body, after=routes) == ("deny", "allow", True)
    assert taken(body, after=routes.replace("NOTIFY", "NOTIFY|REFER")) == ("allow", "allow", True)


def test_a_route_that_calls_itself_ends() -> None:
    assert taken("route(A); t_relay();", after="route[A] { if ($si == 1) { route(A); } }")[0] == ""


def test_defines_and_what_they_switch_off() -> None:
    script = '#!define LIST "INVITE|ACK|BYE"\n#!ifdef WITH_LIST\n#!define LIST "INVITE"\n#!endif'
    body = "if (!is_method(LIST)) { exit; }" + IN_DIALOG + "t_relay();"
    assert taken(body, before=script)[:2] == ("deny", "deny")
    switched = "#!ifdef WITH_LIST\n" + body.replace("exit; }", "exit; }\n#!else\n", 1) + "\n#!endif"
    assert proxy(switched).refer.value == "allow"
    found = adapt(read_document(f"request_route {{\n{switched}\n}}".encode(), "k.cfg", "in1"), "k.cfg", "in1")
    assert found is not None
    assert found.problems == ("read as started without WITH_LIST",)


def test_listeners() -> None:
    lines = "listen=udp:192.0.2.1:5060\nlisten=tls:192.0.2.1:5061\nlisten=192.0.2.2"
    assert [str(t) for t in proxy("t_relay();", before=lines).transports] == ["udp", "tcp"]
    assert [e.enabled.value for e in proxy("t_relay();", before=lines).entries] == [False]
    with_tls = proxy("t_relay();", before="enable_tls=yes\n" + lines)
    assert [str(t) for t in with_tls.transports] == ["udp", "tls", "tcp"]
    assert with_tls.entries == ()
    assert proxy("t_relay();", before="socket=udp:192.0.2.1:5060").platform == "opensips"


def test_a_place_is_that_of_the_condition() -> None:
    trunk = proxy('if (!is_method("INVITE|ACK")) {\n  xlog("x");\n  sl_send_reply("405", "x");\n  exit;\n}\nt_relay();')
    assert trunk.refer.where is not None
    assert (trunk.refer.where.line, trunk.refer.where.column) == (3, 6)
    assert [str(o.value) for o in trunk.options][:1] == ["is_method(INVITE|ACK)"]


def test_many_ways_are_given_up() -> None:
    many = "\n".join(f'if ($var(a{i}) == 1) {{ sl_send_reply("{400 + i}", "x"); }}' for i in range(250))
    assert taken(many * 3 + "exit;") == ("", "", None)


@pytest.mark.parametrize("seed", range(200))
def test_damaged_scripts_end(seed: int) -> None:
    chance = random.Random(seed)
    text = (
        "listen=udp:192.0.2.1\nrequest_route {"
        + IN_DIALOG
        + 'switch ($rm) { case "A": drop; default: exit; } t_relay(); }'
    )
    at, size = chance.randrange(len(text)), chance.randint(0, 40)
    new = "".join(chance.choice("{}()[];\"'!|&$#/*\n ifroute0") for _ in range(chance.randint(0, 12)))
    try:
        node = read_document((text[:at] + new + text[at + size :]).encode(), "k.cfg", "in1")
    except DocumentError:
        return
    found = adapt(node, "k.cfg", "in1", "kamailio")
    assert found is None or len(found.trunks) <= 1


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "{" * 100_000, "!" * 100_000, "if (" * 50_000, "$(" * 50_000, '"' + "\\" * 99_999]
)
def test_deep_scripts_end(text: str) -> None:
    node = read_document(f"request_route {{ if (has_totag()) {text}".encode(), "k.cfg", "in1")
    script = script_of(tokens_of(node).tokens)
    assert any(isinstance(s, If) for s in script.routes[""])
