"""Templates of documents are told from documents: what they say is not known before they are filled."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.pipeline import Options, examine

LINT = Options(command="lint")
TEMPLATES = {
    "pjsip.conf.j2": (
        "; {{ managed }}\n[a]\ntype=endpoint\ncontext=in\n{% if not t.transfer %}\nallow_transfer=no\n{% endif %}\n"
    ),
    "extensions.conf.j2": "[in]\n  {%- for e in exts %}\nexten => {{ e }},1,Transfer({{ e }})\n{% endfor %}\n",
    "begins.conf": "{% for t in trunks %}\n[{{ t }}]\ntype=endpoint\n{% endfor %}\n",
    "helm.yaml": "{{- if .Values.sip.enabled }}\nkind: ConfigMap\nsip: {}\n{{- end }}\n",
    "labels.yaml": 'kind: Deployment\nlabels:\n  {{- include "sip.labels" . | nindent 4 }}\n',
    "agent.json": '{"agent": {"platform": "other", "rules": [\n{% for r in rules %}\n{"name": "{{ r }}"}{% endfor %}]}}\n',
    "agent.json.tftpl": '{"agent": {"rules": [%{ for r in rules }{"to": "${r}", "type": "sip_refer"}%{ endfor }]}}\n',
    "dialplan.xml": (
        '<include><extension name="t"><condition field="destination_number" expression="^1$">\n{% if x %}\n'
        '<action application="deflect" data="sip:500"/>\n{% endif %}\n</condition></extension></include>\n'
    ),
    "kamailio.cfg": '#!KAMAILIO\n<% if x %>\nloadmodule "tm.so"\n<% end %>\nrequest_route { exit; }\n',
    "handlebars.xml": "<Response>{{#if x}}<Dial><Refer><Sip>sip:500</Sip></Refer></Dial>{{/if}}</Response>\n",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_passed_over_and_said_to_be_one_where_it_is_named(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(TEMPLATES[name])
    folder = examine([str(tmp_path)], LINT)
    assert (folder.inputs, folder.findings, folder.passed_over) == ((), (), 1)
    for command in ("lint", "diagnose"):
        report = examine([str(file)], Options(command=command))
        assert report.inputs[0].problems[0].startswith("a template (line "), report.inputs[0].problems
        assert report.exit_code() == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "a.yaml",
            'agent:\n  prompt: |\n    {% if x %}\n    hi\n  rules: [{type: sip_refer, to: "sip:500@p.example"}\n',
        ),
        ("a.json", '{"agent": {"prompt": "{% if x %}"\n "rules": [{"to": "{% if y %}", "type": "sip_refer"}]}}'),
    ],
)
def test_a_broken_document_that_quotes_one_is_not_passed_over(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    (item,) = examine([str(tmp_path)], LINT).inputs
    assert item.failed
    assert "template (" not in item.problems[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "a.yaml",
            'agent:\n  platform: other\n  prompt: |\n    {% if x %}\n    hi\n  rules: [{name: s, to: "{{ x }}"}]\n',
        ),
        ("a.json", '{"agent": {"platform": "other", "prompt": "{% if x %}", "rules": [{"name": "s", "to": "{{y}}"}]}}'),
        ("a.conf", "[a]\ntype=endpoint\n; {% if x %}\nfrom_user={{ user }}\n"),
        (
            "a.xml",
            '<include><!--\n{% if x %}\n--><extension name="t"><condition field="destination_number" expression="^1$">'
            '<action application="deflect" data="sip:{{x}}@p.example"/></condition></extension></include>',
        ),
    ],
)
def test_placeholders_and_prompts_make_no_template(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    report = examine([str(tmp_path)], LINT)
    assert [i.failed for i in report.inputs] == [False]


@pytest.mark.parametrize("name", ["FindSip.cmake", "notes.txt", "main.go.tmpl"])
def test_a_text_of_another_kind_that_looks_broken_is_passed_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("[transfer\nsip = 1\n[sip]\nx = 2\n")
    report = examine([str(tmp_path)], LINT)
    assert (report.inputs, report.passed_over) == ((), 1)
