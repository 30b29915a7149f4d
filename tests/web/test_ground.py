"""The first picture of the public map: our own outlines, to the pixel where Leaflet will draw them."""

import math
import re
from datetime import date
from xml.etree import ElementTree

from shapely.geometry import MultiPolygon, box

from app.models import Area
from app.web.public.ground import HEIGHT, WIDTH
from tests.jobs.kit import NAMES

SVG = "{http://www.w3.org/2000/svg}"
SIDE = 100  # pixels


def test_picture_shows_outlines_where_the_map_will(client, session, settings):
    lon, lat = settings.map_center
    step = 360 * SIDE / (256 * 2**settings.map_zoom)
    square = box(lon, lat, lon + step, north_of(lat, step))
    city = {"code": "75", "kind": "city", "rank": 40, "valid_from": date(2020, 1, 1)}
    session.add(Area(**city, **NAMES, geom=MultiPolygon([square])))
    session.commit()
    answer = client.get("/map/ground.svg")
    drawing = ElementTree.fromstring(answer.data)  # noqa: S314 - our own
    assert (answer.mimetype, drawing.get("width"), drawing.get("height")) == ("image/svg+xml", str(WIDTH), str(HEIGHT))
    (path,) = [each.get("d") for each in drawing.iter(f"{SVG}path")]
    start, *steps = [(int(x), int(y)) for x, y in re.findall(r"(-?\d+) (-?\d+)", path)]
    assert start in {(0, 0), (0, -SIDE), (SIDE, 0), (SIDE, -SIDE)}
    assert {abs(x) + abs(y) for x, y in steps} == {SIDE}


def north_of(lat: float, step: float) -> float:
    """The latitude `step` degrees of longitude further up in web mercator."""
    y = math.asinh(math.tan(math.radians(lat))) + math.radians(step)
    return math.degrees(math.atan(math.sinh(y)))
