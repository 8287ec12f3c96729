"""Documents of other trades, whose words are ours by chance, give no finding: lint is run on whole repositories."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.pipeline import Options, examine

LINT = Options(command="lint")
OTHERS = {
    "network-policy.yaml": "rules:\n  - {name: allow-web, type: ingress, from: any, to: 10.0.0.0/8}\n",
    "ingress.yaml": "kind: Ingress\nrules: [{name: a, type: Prefix, to: backend}]\n",
    "ports.yaml": "rules: [{name: http, type: tcp, to: 8080}]\n",
    "firestore.json": '{"rules": [{"type": "allow", "to": "read", "name": "x"}]}',
    "shipper.yaml": 'agent:\n  name: elastic\n  type: filebeat\n  rules: [{name: r, to: "https://x", type: http}]\n',
    "mail.yaml": 'agents:\n  - {name: bot, platform: linux, rules: [{name: a, to: "b@mail.example", type: email}]}\n',
    "ci.yaml": "agent: {labels: [linux], platform: docker, rules: [{if: main, when: always}]}\n",
    "alerts.yaml": "groups: [{name: x}]\nrules: [{alert: High, expr: up == 0, for: 10m}]\n",
    "eslint.yaml": "rules: {no-console: error}\n",
    "ftp.json": '{"host": "ftp.example", "transfer_mode": "binary", "trunk": "x"}',
    "bank.json": '{"transfers": [{"transfer_type": "wire", "to": "DE00"}], "transfer_destination": {"type": "iban"}}',
    "openapi.yaml": (
        "openapi: 3.0.0\npaths: {/agents: {post: {requestBody: {content: {application/json: {schema: {properties:\n"
        "  {transfer_type: {enum: [conference, sip_refer], default: conference}}}}}}}}}\n"
    ),
    "compose.yaml": 'services: {sip: {image: livekit/sip, ports: ["5060:5060/udp"], environment: {SIP_TRUNK: a}}}\n',
    "configmap.yaml": 'kind: ConfigMap\ndata:\n  pjsip.conf: "[trunk]\\ntype=endpoint\\nallow_transfer=no\\n"\n',
    "workflow.yml": "name: CI\non: [push]\njobs: {a: {strategy: {matrix: {os: [a]}}, steps: [{uses: x}]}}\n",
    "package.json": '{"name": "x", "dependencies": {"sip.js": "1"}, "config": {"to": "sip:500", "transfer": {"type": "refer"}}}',
    "tsconfig.json": '{\n  // no JSON\n  "compilerOptions": {"paths": {"@/*": ["./*"]},},\n}\n',
    "supervisord.conf": "[program:x]\ncommand=/bin/x\n[supervisord]\nnodaemon=true\n",
    "pom.xml": "<project><profiles><profile><id>sip</id></profile></profiles></project>\n",
}
OURS = (
    'agent: {platform: other, rules: [{name: s, type: conferense, to: "desk@pbx.example"}]}\n',
    'agent: {platform: ElevenLabs, rules: [{name: s, type: x, to: "{{ desk }}"}]}\n',
    'agent: {name: a, rules: [{name: s, type: sip_refer, to: "desk"}]}\n',
    'agent: {name: a, rules: [{to: "+1 202 555 0123"}]}\n',
    'agents: [{name: a, rules: [{name: s, type: x, to: "sip:500"}]}]\n',
    "rules: [{name: s, type: Conference, to: desk}]\n",
    "trunks: [{name: carrier-a, address: sip.example}]\n",
)


@pytest.mark.parametrize("name", OTHERS)
def test_other_trades_are_passed_over(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(OTHERS[name])
    report = examine([str(tmp_path)], LINT)
    assert (report.inputs, report.findings, report.verdicts, report.passed_over) == ((), (), (), 1)


@pytest.mark.parametrize("document", OURS)
def test_our_own_form_is_known_even_where_much_of_it_is_wrong(document: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(document)
    (item,) = examine([str(tmp_path)], LINT).inputs
    assert item.format == "sipdiag"


def test_a_document_is_ours_where_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(OTHERS["ingress.yaml"])
    (item,) = examine([str(tmp_path)], Options(command="lint", platform="other")).inputs
    assert not item.failed
