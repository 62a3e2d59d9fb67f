# SPDX-License-Identifier: Apache-2.0
"""The package's structure is the one that the documents describe."""

import pytest
from harness import structure

TARGETS = sorted(structure.targets())


def test_the_picture_of_targets_shows_the_dependencies_of_the_package():
    declared = {name: others for name, others in structure.targets().items() if others}
    assert structure.drawn_targets() == declared


def test_dependencies_between_targets_have_no_circles():
    declared = structure.targets()
    references = {name: {other: {other} for other in others} for name, others in declared.items()}
    assert structure.circles(references) == []


@pytest.mark.parametrize("target", TARGETS)
def test_the_folders_of_a_target_have_no_circles(target):
    assert structure.circles(structure.folder_references(target)) == []


def test_each_type_name_stands_for_one_type():
    assert {name: files for name, files in structure.types().items() if len(files) > 1} == {}
