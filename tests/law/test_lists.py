"""Every goods list on both sides of every boundary, against the figures of ``lists.yaml``."""

from __future__ import annotations

import pytest

from tests.law.manifests import Manifest, measured, missing, read_manifests
from tests.shipped import laws

MANIFESTS = read_manifests()


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda m: f"{m.list} on {m.on} as known on {m.known_on}")
def test_list(manifest: Manifest):
    found = measured(laws()["US"], manifest.list, manifest.on, manifest.known_on)
    assert (found.count, found.lines, found.sha256) == (manifest.count, manifest.lines, manifest.sha256)
    assert manifest.source
    if manifest.official is not None:
        assert manifest.official in (manifest.count, manifest.lines) or manifest.why


def test_every_boundary_has_its_figures():
    assert [f"{m.list} on {m.on} as known on {m.known_on}" for m in missing(laws()["US"], MANIFESTS)] == []


def test_every_boundary_stands_once():
    points = [(m.list, m.on, m.known_on) for m in MANIFESTS]
    assert len(points) == len(set(points))
