"""Every goods list on both sides of every boundary, against the figures of ``lists.yaml``."""

from __future__ import annotations

import pytest

from tests.law.manifests import Manifest, measured, missing, read_manifests
from tests.shipped import importers, laws

MANIFESTS = read_manifests()


def name(manifest: Manifest) -> str:
    return f"{manifest.importer} {manifest.list} on {manifest.on} as known on {manifest.known_on}"


@pytest.mark.parametrize("manifest", MANIFESTS, ids=name)
def test_list(manifest: Manifest):
    found = measured(laws()[manifest.importer], manifest.list, manifest.on, manifest.known_on)
    assert (found.count, found.lines, found.sha256) == (manifest.count, manifest.lines, manifest.sha256)
    assert manifest.source
    if manifest.official is not None:
        assert manifest.official in (manifest.count, manifest.lines) or manifest.why


@pytest.mark.parametrize("importer", importers())
def test_every_boundary_has_its_figures(importer: str):
    assert [name(manifest) for manifest in missing(laws()[importer], MANIFESTS)] == []


def test_every_boundary_stands_once():
    points = [(m.importer, m.list, m.on, m.known_on) for m in MANIFESTS]
    assert len(points) == len(set(points))
