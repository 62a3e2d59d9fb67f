# SPDX-License-Identifier: Apache-2.0
"""Reads the structure of the Swift package: targets, folders, types, and which of them refer to which."""

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ROOT / "Sources"
_TARGET = re.compile(r"\.(?:target|executableTarget|systemLibrary)\(\s*name: \"(\w+)\"")
_TYPE = re.compile(
    r"^(?:@\w+ )*(?:(?:package|public|internal|private|fileprivate|final|indirect) )*"
    r"(?:struct|class|enum|actor|protocol|typealias) (\w+)",
    re.MULTILINE,
)
_HIDDEN = re.compile(r"^(?:@\w+ )*(?:private|fileprivate) ", re.MULTILINE)
_COMMENT_OR_STRING = re.compile(r"//[^\n]*|\"\"\".*?\"\"\"|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL)


def targets():
    """Each target of `Sources` with its dependencies within the package, as Package.swift declares them."""
    text = (ROOT / "Package.swift").read_text()
    calls = {match[1]: _call(text, match.end()) for match in _TARGET.finditer(text)}
    names = {name for name in calls if (SOURCES / name).is_dir()}
    declared = {}
    for name in names:
        dependencies = re.search(r"dependencies: \[(.*?)\]", _without_products(calls[name]), re.DOTALL)
        found = re.findall(r"\"(\w+)\"", dependencies[1]) if dependencies else []
        declared[name] = {other for other in found if other in names}
    return declared


def drawn_targets():
    """The arrows between targets in the picture of docs/architecture.md."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    [picture] = [block for block in re.findall(r"```mermaid\n(.*?)```", text, re.DOTALL) if "%% targets" in block]
    arrows = defaultdict(set)
    for start, end in re.findall(r"^\s*(\w+) --> (\w+)\s*$", picture, re.MULTILINE):
        arrows[start].add(end)
    return dict(arrows)


def types():
    """The files in which each type of the package is declared at the top level."""
    found = defaultdict(set)
    for file in SOURCES.glob("**/*.swift"):
        for name in _TYPE.findall(_code(file)):
            found[name].add(file.relative_to(ROOT))
    return found


def folder_references(target):
    """Between the folders of a target: which folder uses a type that another one declares. Files at the target's root
    put the folders together and are left out."""
    files = [file for file in (SOURCES / target).glob("*/**/*.swift")]
    home = {}
    for file in files:
        for line in _TYPE.finditer(_code(file)):
            if not _HIDDEN.match(line[0]):
                home[line[1]] = _folder(file, target)
    references = defaultdict(lambda: defaultdict(set))
    for file in files:
        folder = _folder(file, target)
        for word in set(re.findall(r"\b[A-Z]\w+", _code(file))):
            if word in home and home[word] != folder:
                references[folder][home[word]].add(f"{file.name}: {word}")
    return references


def circles(references):
    """Pairs of folders that reach each other, with what makes each refer to the next."""
    reach = {folder: _reachable(references, folder) for folder in references}
    return sorted(
        f"{one} <-> {other}: {sorted(references[one].get(other, []))[:3]} {sorted(references[other].get(one, []))[:3]}"
        for one in references
        for other in reach[one]
        if one < other and one in reach.get(other, ())
    )


def _reachable(references, start):
    reached, rest = set(), list(references[start])
    while rest:
        folder = rest.pop()
        if folder not in reached:
            reached.add(folder)
            rest += references[folder] if folder in references else []
    return reached


def _folder(file, target):
    return file.relative_to(SOURCES / target).parts[0]


def _code(file):
    return _COMMENT_OR_STRING.sub("", file.read_text())


def _call(text, start):
    """The arguments of the call that is open at `start`."""
    depth, end = 1, start
    while depth:
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        end += 1
    return text[start:end]


def _without_products(call):
    return re.sub(r"\.product\([^()]*\)", "", call)
