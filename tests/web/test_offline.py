"""The served service worker: what it keeps, what it says, and the one that takes itself away."""

import json
import re
from dataclasses import replace

from app.web import create_app

CALL = re.compile(r"serve\((\{.*\})\);")


def test_the_worker_names_its_files_and_speaks_all_languages(client):
    answer = client.get("/sw.js")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    told = json.loads(CALL.search(answer.text)[1])
    assert len(told["version"]) == 12
    assert len(told["files"]) == len(set(told["files"]))
    for url in told["files"]:
        with client.get(url) as file:
            assert file.status_code == 200, url
    assert list(told["sent"]) == ["", "/ru", "/en"]
    assert len({words["title"] for words in told["sent"].values()}) == 3


def test_switched_off_it_clears_all_caches_and_unregisters(database, settings):
    app = create_app(replace(settings, service_worker=False))
    answer = app.test_client().get("/sw.js")
    app.extensions["qauip"].dispose()
    assert answer.headers["Cache-Control"] == "no-cache"
    for said in ("skipWaiting()", "caches.keys()", "caches.delete(name)", "registration.unregister()"):
        assert said in answer.text
    assert "import" not in answer.text
    assert "fetch" not in answer.text
