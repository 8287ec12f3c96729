"""What endpoints, proxies and PBXs write about their own messages."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tests.support.sent import FORMATS, Form, Sent, form_of, way_of


def _pjsip(m: Sent, local: str) -> str:
    what = "response" if m.data.startswith(b"SIP/") else "request"
    way = way_of(
        m, local, f"Transmitting SIP {what} ({len(m.data)} bytes) to", f"Received SIP {what} ({len(m.data)} bytes) from"
    )
    return f"<--- {way} {m.transport.upper()}:{m.peer(local)} --->\n{m.text}\n"


@form_of("asterisk-pjsip-logger", ends="peer", clock="none")
def _asterisk_console(m: Sent, local: str) -> str:
    return _pjsip(m, local)


@form_of("asterisk-pjsip-logger/file", ends="peer", clock="year-less", precision=1)
def _asterisk_file(m: Sent, local: str) -> str:
    return f"[{m.when('%b %d %H:%M:%S')}] VERBOSE[11102] res_pjsip_logger.c: {_pjsip(m, local)}\n"


@form_of("asterisk-chan-sip", ends="peer", clock="none", transport=False)
def _chan_sip(m: Sent, local: str) -> str:
    if m.sent(local):
        return f"Reliably Transmitting (no NAT) to {m.peer(local)}:\n{m.text}\n---\n"
    above = f"\n<--- SIP read from {m.transport.upper()}:{m.peer(local)} --->\n"
    return f"{above}{m.text}\n<------------->\n--- (12 headers 0 lines) ---\n"


def _sofia(m: Sent, local: str) -> str:
    way = way_of(m, local, f"send {len(m.data)} bytes to", f"recv {len(m.data)} bytes from")
    peer = m.peer(local)
    return f"{way} {m.transport}/[{peer.host}]:{peer.port} at {m.when('%H:%M:%S.%f')}:\n"


@form_of("freeswitch-siptrace", ends="peer", clock="day")
def _freeswitch(m: Sent, local: str) -> str:
    return _sofia(m, local) + "-" * 72 + "\n" + m.text + "\n"


@form_of("freeswitch-siptrace/indented", ends="peer", clock="day")
def _freeswitch_indented(m: Sent, local: str) -> str:
    rule = "   " + "-" * 72 + "\n"
    return _sofia(m, local) + rule + "".join(f"   {line}\n" for line in m.lines) + rule


@form_of("drachtio-log", ends="peer")
def _drachtio(m: Sent, local: str) -> str:
    return f"{m.when('%Y-%m-%d %H:%M:%S.%f')} {_sofia(m, local)}{m.text.rstrip()}\n \n\n"


def _pjsua_line(m: Sent, local: str) -> str:
    cseq = next((line.split()[1:] for line in m.lines if line.lower().startswith("cseq:")), ["1", "X"])
    words = m.lines[0].split()
    what = (
        f"Response msg {words[1]}/{cseq[1]}/cseq={cseq[0]}"
        if words[0].startswith("SIP/")
        else f"Request msg {cseq[1]}/cseq={cseq[0]}"
    )
    way = way_of(m, local, "TX", "RX")
    token, side = way_of(m, local, "tdta0x51afb3e", "rdata0x294adba"), way_of(m, local, "to", "from")
    return f".{way} {len(m.data)} bytes {what} ({token}) {side} {m.transport.upper()} {m.peer(local)}:"


@form_of("pjsua-log", ends="peer", clock="day", precision=1e-3)
def _pjsua(m: Sent, local: str) -> str:
    return f"{m.when('%H:%M:%S.%L')}   pjsua_core.c  {_pjsua_line(m, local)}\n{m.text}\n--end msg--\n"


@form_of("pjsua-log/android", ends="peer", clock="year-less", precision=1e-3)
def _pjsua_android(m: Sent, local: str) -> str:
    prefix = m.when("%m-%d %H:%M:%S.%L  4231  4277 D PJSIP   : ")
    lines = [f"[worker] {m.when('%H:%M:%S.%L')} pjsua_core.c  {_pjsua_line(m, local)}", *m.lines, "--end msg--"]
    return "".join(f"{prefix}{line}\n" for line in lines)


@form_of("sipjs-console", ends="none", precision=1)
def _sipjs(m: Sent, local: str) -> str:
    way = way_of(m, local, "Sending WebSocket message:", "Received WebSocket text message:")
    when = f"{m.when('%a %b %d %Y %H:%M:%S')} GMT+0000 (Coordinated Universal Time)"
    return f"{when} | sip.Transport | {way}\n\n{m.text}\n\n"


@form_of("sipjs-console/old", ends="none", precision=1)
def _sipjs_old(m: Sent, local: str) -> str:
    way = way_of(m, local, "sending WebSocket message:", "received WebSocket text message:")
    return f"{m.when('%a %b %d %Y %H:%M:%S')} GMT+0000 (UTC) | sip.transport | {way}\n\n{m.text}\n\n"


def _jssip(messages: Sequence[Sent], local: str) -> str:
    out, last = [], messages[0].time if messages else 0.0
    for m in messages:
        way = way_of(m, local, "sending message:", "received text message:")
        out.append(f"JsSIP:Transport {way}\n\n{m.text}\n +{round((m.time - last) * 1000)}ms\n")
        last = m.time
    return "".join(out)


FORMATS["jssip-console"] = Form(_jssip, "none", "step", 1e-3)


@form_of("jssip-console/browser", ends="none", clock="none")
def _jssip_browser(m: Sent, local: str) -> str:
    way = way_of(m, local, "sending message:", "received text message:")
    return f"jssip.min.js:9 JsSIP:Transport {way}{m.text}\n"


@form_of("baresip-siptrace", clock="day", precision=1e-3)
def _baresip(m: Sent, local: str) -> str:
    return f"{m.when('%H:%M:%S.%L')}#\n{m.transport.upper()} {m.source} -> {m.destination}\n{m.text}\n\n"


@form_of("sipsorcery-log", clock="day", precision=1)
def _sipsorcery(m: Sent, local: str) -> str:
    kind = "Response" if m.data.startswith(b"SIP/") else "Request"
    near, far = (m.source, m.destination) if m.sent(local) else (m.destination, m.source)
    arrow = way_of(m, local, "->", "<-")
    line = f"{kind} {way_of(m, local, 'sent', 'received')}: {m.transport}:{near}{arrow}{m.transport}:{far}"
    prefix = m.when("[%H:%M:%S DBG] ")
    return f"{prefix}{line}\n{prefix}{m.text}\n"


@form_of("bellesip-log", ends="peer", precision=1e-3)
def _bellesip(m: Sent, local: str) -> str:
    channel = f"{m.when('%Y-%m-%d %H:%M:%S:%L')} belle-sip-message-channel [0x7f8a83ddd55f]: "
    peer = f"[{m.transport.upper()}://{m.peer(local)}]"
    way = way_of(
        m,
        local,
        f"message sent to {peer}, size: [{len(m.data)}] bytes",
        f"received [{len(m.data)}] new bytes from {peer}:",
    )
    return f"{channel}{way}\n{m.text}\n"


@form_of("cisco-ccsip", ends="none", clock="year-less", precision=1e-3, transport=False)
def _cisco(m: Sent, local: str) -> str:
    way = way_of(m, local, "Sent: ", "Received: ")
    return f"000101: {m.when('%b %d %H:%M:%S.%L')}: //13712/9001C0DE8001/SIP/Msg/ccsipDisplayMsg:\n{way}\n{m.text}\n\n"


@form_of("cisco-ccsip/ends", clock="year-less", precision=1e-3)
def _cisco_ends(m: Sent, local: str) -> str:
    way = (
        f"{way_of(m, local, 'Sent', 'Received')}: SIP {m.transport.upper()} message from {m.source} to {m.destination} "
    )
    return f"*{m.when('%b %d %H:%M:%S.%L')}: //1/1CE915CE8002/CUBE_VT/SIP/Msg/ccsipDisplayMsg:\n{way}\n{m.text}\n\n"


@form_of("cucm-sdl", ends="peer", clock="day", precision=1e-3)
def _cucm(m: Sent, local: str) -> str:
    name, peer = m.transport.upper(), m.peer(local)
    way = way_of(
        m,
        local,
        f"wait_SdlSPISignal: Outgoing SIP {name} message to",
        f"wait_SdlReadRsp: Incoming SIP {name} message from",
    )
    size = "" if m.sent(local) else f" with {len(m.data)} bytes:"
    return (
        f"00412345.001 |{m.when('%H:%M:%S.%L')} |AppInfo  |SIPTcp - {way} {peer.host} on port {peer.port} index 19"
        f"{size}\n[83471,NET]\n{m.text}\n"
    )


@form_of("audiocodes-syslog", ends="peer", clock="year-less", precision=1e-3)
def _audiocodes(m: Sent, local: str) -> str:
    way = way_of(
        m, local, f"Outgoing SIP Message to {m.peer(local)} from", f"Incoming SIP Message from {m.peer(local)} to"
    )
    when = m.when("%d-%m@%H:%M:%S.%L")
    return (
        f"(N 204817) ---- {way} SIPInterface #0 (ITSP) {m.transport.upper()} TO(#11) ---- [Time:{when}]\n{m.text}\n\n"
    )


@form_of("polycom-log", ends="peer", clock="year-less", precision=1)
def _polycom(m: Sent, local: str) -> str:
    prefix = m.when("%m%d%H%M%S|sip  |0|00|")
    way = way_of(m, local, ">>> Data Send", "<<< Data received")
    lines = [f"{way} {m.transport.upper()} {m.peer(local)}", *(f"    {line}" if line else "" for line in m.lines)]
    return "".join(f"{prefix}{line}\n" for line in lines)


@form_of("kamailio-sipdump")
def _sipdump(m: Sent, local: str) -> str:
    return (
        f"{'=' * 20}\ntag: {way_of(m, local, 'snd', 'rcv')}\npid: 8123\nprocess: 5\ntime: {m.time:.6f}\n"
        f"date: {m.when('%a %b %d %H:%M:%S %Y')}\nproto: {m.transport} ipv4\n"
        f"srcip: {m.source.host}\nsrcport: {m.source.port}\n"
        f"dstip: {m.destination.host}\ndstport: {m.destination.port}\n"
        f"{'~' * 20}\n{m.text}{'|' * 20}\n"
    )


@form_of("oracle-sipmsg", clock="year-less", precision=1e-3, transport=False)
def _oracle(m: Sent, local: str) -> str:
    near, far = (m.source, m.destination) if m.sent(local) else (m.destination, m.source)
    way = way_of(m, local, "sent to", "received from")
    return f"{m.when('%b %d %H:%M:%S.%L')} On [1:0]{near} {way} {far}\n{m.text}\n{'-' * 40}\n"


@form_of("avaya-sm", precision=1e-3)
def _avaya(m: Sent, local: str) -> str:
    near, far = (m.source, m.destination) if m.sent(local) else (m.destination, m.source)
    way, side = way_of(m, local, "<-- egress", "--> ingress").split()
    rule, body = "-" * 20, m.data.partition(b"\r\n\r\n")[2]
    return (
        f"com.avaya.asm  SIPMSGT \n{rule}\n{m.when('%d/%m/%Y %H:%M:%S.%L')} {way} \n"
        f"octets: {len(m.data)}, Body Length: {len(body)}\n"
        f"{side}: {{ L{near}/R{far}/{m.transport.upper()}/0x1f4 }}\n{rule}\n{m.text}\n{rule}\n\n"
    )


@form_of("jain-sip", precision=1e-3, transport=False)
def _jain(m: Sent, local: str) -> str:
    first = m.lines[0].replace("<", "").replace(">", "")
    return (
        f'<message\nfrom="{m.source}" \nto="{m.destination}" \ntime="{int(m.time * 1000)}"\n'
        f'isSender="{way_of(m, local, "true", "false")}" \ntransactionId="z9hg4bk19" \ncallId="1" \nfirstLine="{first}" \n'
        f">\n<![CDATA[{m.text}]]>\n</message>\n\n"
    )


@form_of("snom-trace", ends="peer", precision=1e-3)
def _snom(m: Sent, local: str) -> str:
    way = way_of(m, local, "Sent to", "Received from")
    when = m.when("%d/%m/%Y %H:%M:%S:%L")
    return f"{way} {m.transport}:{m.peer(local)} at {when} ({len(m.data)} bytes):\n\n{m.text}\n\n"


@form_of("application-log/kamailio", clock="year-less", precision=1)
def _kamailio_xlog(m: Sent, local: str) -> str:
    """A script that logs the message with xlog; syslog writes the line ends as octal numbers."""
    way = way_of(m, local, "sent", "received")
    lead = f"{way} {m.transport} {m.source} -> {m.destination} message: "
    escaped = m.data.decode().replace("\r\n", "#015#012")
    return f"{m.when('%b %d %H:%M:%S')} proxy /usr/sbin/kamailio[2431]: INFO: <script>: {lead}{escaped}\n"


@form_of("application-log/json", precision=1e-3)
def _json_log(m: Sent, local: str) -> str:
    way = way_of(m, local, "sent", "received")
    message = f"{way} {m.transport.upper()} message {m.source} -> {m.destination}:\n{m.data.decode()}"
    return json.dumps({"time": m.when("%Y-%m-%dT%H:%M:%S.%LZ"), "level": "debug", "msg": message}) + "\n"


@form_of("application-log/kamailio-layers", clock="year-less", precision=1)
def _kamailio_layers(m: Sent, local: str) -> str:
    """The same by a script that names both ends with their transport, and has no word for what it logs."""
    lead = f"{m.transport}:{m.source} -> {m.transport}:{m.destination} "
    escaped = m.data.decode().replace("\r\n", "#015#012")
    return f"{m.when('%b %d %H:%M:%S')} proxy /usr/sbin/kamailio[2431]: INFO: <script>: {lead}{escaped}\n"
