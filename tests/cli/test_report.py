"""Imports end in words, and their exit status tells a script that nothing of a file was fit."""

import pytest

from app.cli.bodies import bodies
from app.cli.hazards import hazards
from tests.cli.imports import run

HEAD = "external_id,hazard_type,lon,lat,language\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("external_id,lat\n1,43\n", "has no column lon; it has: external_id, lat"),
        ("", "has no column external_id"),
        (HEAD + "1,NO_SUCH,76.9,43.2,ru\n", "refused 2: there is no such hazard type"),
        (HEAD + "1,NO_SUCH,76.9,43.2,xx\n", "refused 2: knows no language 'xx'"),
        (HEAD + "1,NO_SUCH,seventy,43.2,ru\n", "refused 2: has no readable place"),
    ],
)
def test_a_file_of_which_nothing_is_fit_fails_and_says_why(session, settings, tmp_path, content, said):
    file = tmp_path / "h.csv"
    file.write_text(content, "utf-8")
    answer = run(hazards, settings, file)
    assert answer.exit_code == 1
    assert said in answer.output


def test_a_column_that_is_mapped_but_not_there_is_named(session, settings, tmp_path):
    file = tmp_path / "h.csv"
    file.write_text(HEAD + "1,OTHER,76.9,43.2,ru\n", "utf-8")
    assert "has no column zzz" in run(hazards, settings, file, "--map", "lat=zzz").output


def test_what_is_no_list_of_bodies_is_one_sentence(session, settings, tmp_path):
    file = tmp_path / "areas.geojson"
    file.write_text('{"type": "FeatureCollection", "features": []}', "utf-8")
    answer = run(bodies, settings, file)
    assert (answer.exit_code, "has no column code, kind, name_kk" in answer.output) == (1, True)
