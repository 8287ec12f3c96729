"""Join the parts: inputs to facts, facts to findings, findings to verdicts and one report. It holds no rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sipdiag.cases.assemble import assemble
from sipdiag.cases.case import Case
from sipdiag.cases.joined import joined
from sipdiag.cases.material import Material, take
from sipdiag.cases.together import read_together
from sipdiag.excerpts import Excerpts
from sipdiag.options import Options
from sipdiag.places import Place
from sipdiag.platforms.alone import destination_alone
from sipdiag.platforms.profiles import Profiles, load_profile
from sipdiag.reports.report import Input, Report
from sipdiag.sources.find import MAX_FILES, MAX_LINTED, find_sources
from sipdiag.sources.ignored import ignored_by_git
from sipdiag.sources.inputs import read_again, read_sources
from sipdiag.sources.signatures import is_archive

if TYPE_CHECKING:
    from sipdiag.nodes import Node
    from sipdiag.sources.inputs import Reading
    from sipdiag.sources.source import Opened, Source
__all__ = ["Options", "examine", "examine_sources", "examine_uri", "find_wanted"]


def examine(paths: Sequence[str], options: Options = Options(), partly: bool = False) -> Report:
    """Diagnose or lint what the paths name. A bundle alone is diagnosed with the options that it was made with.

    With `partly`, an interrupt leaves a report on the cases that were read whole by then, if there are any.
    """
    if len(paths) == 1 and is_archive(paths[0]):
        from sipdiag.sources.archives import read_manifest

        manifest = read_manifest(paths[0])
        options = options.filled(manifest.options) if manifest is not None else options
    sources, passed_over = find_wanted(paths, options)
    return examine_sources(sources, options, passed_over, partly)


def find_wanted(paths: Sequence[str], options: Options) -> tuple[list[Source], int]:
    """The files to read, and how many of folders are passed over: those that the settings exclude, and in `lint` what
    git ignores, of which a whole folder counts as one.
    """
    lint = options.command == "lint"
    found = find_sources(paths, options.each, ignored_by_git if lint else None, MAX_LINTED if lint else MAX_FILES)
    wanted = [s for s in found.sources if s.named or options.exclude is None or not options.exclude(s.path)]
    return wanted, len(found.sources) - len(wanted) + found.left_out


def examine_sources(sources: Sequence[Source], options: Options, passed_over: int = 0, partly: bool = False) -> Report:
    interrupted = False
    materials: dict[str, Material] = {}
    nodes: dict[str, Node] = {}
    reading = replace(options.reading, captures=options.command != "lint")
    left: dict[str, list[Opened]] = {}  # by case, the captures whose calls were not all handed on
    try:
        for opened in read_sources(sources, reading):
            material = materials.setdefault(opened.source.case, Material())
            take(opened, material, nodes, options)
            if opened.wire is not None and opened.wire.sketches:
                left.setdefault(opened.source.case, []).append(opened)
    except KeyboardInterrupt:
        materials, interrupted = _read_whole(materials), True
        if not partly or not any(m.inputs for m in materials.values()):
            raise
        left = {case: captures for case, captures in left.items() if case in materials}
    for case, captures in left.items():
        _look_again(captures, materials[case], options, reading)
    if not options.each:
        materials = joined(materials)
    keys_given = reading.keylog is not None or reading.tls_key is not None
    materials = {
        name: read_together(m).judged_together().told_of_connections(keys_given) for name, m in materials.items()
    }
    profiles = Profiles(load_profile(p) for p in options.profile_files)
    cases: list[Case] = []
    before = 0
    for name, material in materials.items():
        cases.append(Case(name, material, options, profiles, before))
        before += len(cases[-1].transfers)
    report = assemble(cases, materials, nodes, options)
    return replace(report, passed_over=report.passed_over + passed_over, interrupted=interrupted)


def _read_whole(materials: dict[str, Material]) -> dict[str, Material]:
    """All cases but the last: the files of one are read one after another, and of half a case nothing can be told."""
    return dict(list(materials.items())[:-1])


def _look_again(captures: Sequence[Opened], material: Material, options: Options, reading: Reading) -> None:
    """Read large captures once more for the calls that records or options ask about, now that all records are known."""
    from sipdiag.cases.wanted import wanted_calls

    wanted = wanted_calls([r for d in material.adapted for r in d.records], options.expect_call)
    if wanted is not None:
        again = {o.id: o.wire for o in read_again(captures, replace(reading, keep=wanted)) if o.wire is not None}
        material.wires = [(name, again.get(name, wire)) for name, wire in material.wires]


def examine_uri(uri: str, options: Options) -> Report:
    """Judge one destination, as the named platform would write it or take it."""
    profiles = Profiles(load_profile(p) for p in options.profile_files)
    material, where = Material(), Place("in1", 1, 1)
    material.inputs.append(
        Input("in1", "k1", "--uri", "config", "uri", "", 0, excerpts=Excerpts(uri.encode("utf-8", "replace")))
    )
    material.adapted.append(destination_alone(uri, where, options.platform, profiles))
    case = Case("k1", material, options, profiles)
    return assemble([case], {"k1": material}, {}, options)
