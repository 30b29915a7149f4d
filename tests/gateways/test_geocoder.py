"""A geocoder over HTTP: answers as Nominatim and Photon give them, and slow, broken, huge ones and redirects."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.domain.geo import KAZAKHSTAN
from app.gateways import geocoder
from app.gateways.geocoder import HttpGeocoder

NOMINATIM = [
    {"place_id": 1, "licence": "ODbL", "osm_type": "way", "osm_id": 2, "lat": "43.2380", "lon": "76.9450", "name": "",
     "category": "building", "type": "yes", "place_rank": 30, "importance": 0.1, "addresstype": "building",
     "display_name": "12, проспект Абая, Алматы, 050000, Қазақстан", "boundingbox": ["43.1", "43.3", "76.9", "77.0"]},
    {"lat": "55.75", "lon": "37.61", "name": "Москва", "display_name": "Москва, Россия"},
]  # fmt: skip
PHOTON = {"type": "FeatureCollection", "features": [
    {"type": "Feature", "geometry": {"type": "Point", "coordinates": [76.945, 43.238]},
     "properties": {"osm_id": 2, "street": "Абай даңғылы", "housenumber": "12", "city": "Алматы", "countrycode": "KZ"}},
]}  # fmt: skip


@pytest.fixture
def stranger():
    """A loopback server that answers with `said` after `wait_s`; `asked` holds what came."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked.append((self.path, self.headers["User-Agent"]))
            time.sleep(server.wait_s)
            self.send_response(server.status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            try:
                for start in range(0, len(server.said), server.piece):
                    self.wfile.write(server.said[start : start + server.piece])
                    time.sleep(server.drip_s)
            except OSError:
                server.hung_up = True

        def log_message(self, *_):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.wait_s, server.drip_s, server.piece, server.status = [], 0.0, 0.0, 65536, 200
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def find(server, kind="nominatim", timeout_s=0.4):
    made = HttpGeocoder(f"http://127.0.0.1:{server.server_address[1]}/search", kind, timeout_s=timeout_s)
    return made, made.find("Абай 12", language="kk", bounds=KAZAKHSTAN)


def test_nominatim_is_understood_and_kept_within_bounds(stranger):
    stranger.said = json.dumps(NOMINATIM).encode()
    _, found = find(stranger)
    assert [(each.name, each.lat, each.lon) for each in found] == [("12", 43.238, 76.945)]
    assert "проспект Абая" in found[0].parent
    path, agent = stranger.asked[0]
    assert "viewbox=46.4" in path
    assert agent.startswith("Qauip")


def test_photon_is_understood(stranger):
    stranger.said = json.dumps(PHOTON).encode()
    _, found = find(stranger, "photon")
    assert [(each.name, each.parent) for each in found] == [("Абай даңғылы 12", "Алматы")]


@pytest.mark.parametrize(
    "said",
    [b"", b"<html>", b"[1]", b"{}", b'[{"lat": "x", "lon": "1", "display_name": "a"}]', b"null", b"[" * 100_000,
     b"[" + b" " * 300_000 + b"]", b'[{"lat": NaN, "lon": 76, "display_name": "a"}]', b"\xff\xfe"],
)  # fmt: skip
def test_a_broken_or_huge_answer_is_no_answer(stranger, said):
    stranger.said = said
    assert find(stranger)[1] == ()


@pytest.mark.parametrize(("wait_s", "drip_s"), [(1.0, 0.0), (0.0, 0.15)])
def test_a_slow_one_is_left_and_nobody_waits_again(stranger, monkeypatch, wait_s, drip_s):
    stranger.said, stranger.wait_s, stranger.drip_s, stranger.piece = b"[" + b" " * 40 + b"]", wait_s, drip_s, 4
    began = time.monotonic()
    made, found = find(stranger)
    assert (found, time.monotonic() - began < 0.9) == ((), True)
    assert made.find("x", language="kk", bounds=KAZAKHSTAN) == ()
    assert len(stranger.asked) == 1
    monkeypatch.setattr(geocoder.time, "monotonic", lambda: began + 60)
    made.find("x", language="kk", bounds=KAZAKHSTAN)
    assert len(stranger.asked) == 2


@pytest.mark.parametrize("status", [302, 403, 429, 500])
def test_redirects_and_refusals_are_not_followed(stranger, status):
    stranger.said, stranger.status = json.dumps(NOMINATIM).encode(), status
    assert find(stranger)[1] == ()


@pytest.mark.parametrize(
    "url", ["http://example.com/search", "ftp://localhost/", "https:///x", "http://10.0.0.1/", "x"]
)
def test_only_https_or_this_machine_may_be_asked(url):
    with pytest.raises(ValueError, match="GEOCODER_URL"):
        HttpGeocoder(url, "nominatim")
