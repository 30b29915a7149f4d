"""What a careless application does behind the middleware: it keeps whatever it is given and answers 201."""

import os
from pathlib import Path

from app.web.middleware import WholeBody

LIMIT = 3 * 1024 * 1024


def _keep(environ, start_response):
    if environ["REQUEST_METHOD"] != "GET":
        row = Path(os.environ["COUNTED_ROWS"]) / os.urandom(8).hex()
        row.write_bytes(environ["wsgi.input"].read())
    start_response("201 Created", [("Content-Length", "0")])
    return [b""]


app = WholeBody(_keep, limit=LIMIT)
