"""Writing packs: what is in them, and that the same scope gives the same bytes."""

import io

import pytest

from plumbline.trail import packfile, publisher
from plumbline_verify import verify

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def test_a_pack_verifies(trail, capsys):
    trail.append(300)
    publisher.publish()
    out = io.BytesIO()
    summary = packfile.build_pack(
        out,
        scope={"systems": ["claims-triage"]},
        openings=[(3, "body")],
        recipient="Auditor",
        purpose="audit",
    )
    assert summary.entries == 301
    check = verify.Check(out.getvalue(), trail.report.vkey)
    code = check.run()
    assert code == 0, check.results
    assert verify.Check(out.getvalue()).run() == 3
