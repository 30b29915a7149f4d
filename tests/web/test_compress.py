"""Text goes out compressed to who asks for it, and plain to who does not."""

import gzip

from flask.testing import FlaskClient

from app.web.assets import asset

GZIP = {"Accept-Encoding": "gzip"}


def test_a_page_and_its_files_are_compressed_and_whole(client: FlaskClient) -> None:
    for url in ("/about", asset("css/app.css"), asset("vendor/leaflet/leaflet.js")):
        plain = client.get(url, buffered=True)
        packed = client.get(url, headers=GZIP, buffered=True)
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert "Accept-Encoding" in plain.headers["Vary"]
        assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
        assert gzip.decompress(packed.data) == plain.data


def test_a_file_that_did_not_change_is_not_sent_again(client: FlaskClient) -> None:
    url = asset("css/app.css")
    etag = client.get(url, headers=GZIP, buffered=True).headers["ETag"]
    assert client.get(url, headers={**GZIP, "If-None-Match": etag}, buffered=True).status_code == 304


def test_pictures_stay_as_they_are(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get(asset("icon-180.png"), headers=GZIP, buffered=True).headers
