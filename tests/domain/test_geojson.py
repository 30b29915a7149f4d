"""What people draw: three shapes, counted as they are read; everything else is refused before anything is built."""

import json

import pytest

from app.domain.errors import BadGeometry
from app.domain.geojson import parse_geojson

RING = [[76.9, 43.2], [76.91, 43.2], [76.91, 43.21], [76.9, 43.2]]


@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [("Point", [76.9, 43.2]), ("LineString", RING[:2]), ("Polygon", [RING]), ("Point", [76.9, 43.2, 800])],
)
def test_three_shapes_are_read_from_object_and_text(kind, coordinates):
    sent = {"type": kind, "coordinates": coordinates}
    assert parse_geojson(sent).geom_type == parse_geojson(json.dumps(sent)).geom_type == kind


WRONG = [
    None,
    5,
    [],
    "",
    "x",
    "[" * 100_000,
    "1" * 300_000,
    {},
    {"type": ["Point"], "coordinates": [1, 2]},
    {"type": "MultiPoint", "coordinates": [[1, 2]]},
    {"type": "Point"},
    {"type": "Point", "coordinates": [1]},
    {"type": "Point", "coordinates": [True, False]},
    {"type": "Point", "coordinates": ["1", "2"]},
    {"type": "Point", "coordinates": [float("nan"), 1]},
    {"type": "Point", "coordinates": [10**400, 1]},
    {"type": "LineString", "coordinates": [[1, 2]]},
    {"type": "LineString", "coordinates": [[1, 2]] * 2001},
    {"type": "Polygon", "coordinates": []},
    {"type": "Polygon", "coordinates": [RING[:3]]},
    {"type": "Polygon", "coordinates": [RING] * 21},
    {"type": "Polygon", "coordinates": [[RING]]},
]


@pytest.mark.parametrize("sent", WRONG, ids=range(len(WRONG)))
def test_anything_else_is_no_geometry(sent):
    with pytest.raises(BadGeometry):
        parse_geojson(sent)
