"""Lighthouse on the two pages most people open: four figures each, printed.

The release that `package.json` pins, run through Node. `npm ci --ignore-scripts` puts it there; where Node or
Lighthouse is missing the test is skipped, visibly. Asserted are the three figures that depend on the pages alone;
performance is a time and says as much about the machine, so it is only printed.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.serve import server_command
from app.config import Settings
from app.db import Databases
from tests.fixtures.browser import CHROMIUM_FLAGS
from tests.fixtures.web import free_port, served, server_env

pytestmark = pytest.mark.e2e
LIGHTHOUSE = Path(__file__).parents[2] / "node_modules" / "lighthouse" / "cli" / "index.js"
GOAL = 95
ASSERTED = ("accessibility", "best-practices", "seo")
PATIENCE_S = 180


@pytest.fixture
def tiled_server(database: Databases, settings: Settings) -> Iterator[str]:
    """The real server, as live_server, whose tiles are one picture of this machine."""
    port = free_port()
    env = server_env(settings, port) | {"TILE_URL": f"http://localhost:{port}/static/icon-192.png?{{z}}/{{x}}/{{y}}"}
    with served(server_command(host="127.0.0.1", port=port, workers=1, threads=4), port, env=env) as address:
        yield address


@pytest.mark.parametrize("path", ["/", "/report"])
def test_figures(tiled_server: str, path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = lighthouse(f"{tiled_server}{path}", tmp_path / "report.json")
    if "runtimeError" in found:  # it lost its own trace, which says nothing of the page
        found = lighthouse(f"{tiled_server}{path}", tmp_path / "report.json")
    scores = {name: round(100 * (each["score"] or 0)) for name, each in found["categories"].items()}
    with capsys.disabled():
        print(f"\nlighthouse {found['lighthouseVersion']} {path}: {scores}")
    assert {name: scores[name] for name in ASSERTED if scores[name] < GOAL} == {}, failed(found)


def lighthouse(url: str, out: Path) -> dict:
    node, chromium = shutil.which("node"), shutil.which("chromium")
    if not (node and chromium and LIGHTHOUSE.is_file()):
        pytest.skip("no Node, Chromium or node_modules/lighthouse here: npm ci --ignore-scripts")
    flags = " ".join(["--headless=new", *(flag for flag in CHROMIUM_FLAGS if " " not in flag)])
    command = [
        node, str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--output-path={out}", f"--chrome-flags={flags}",
        "--only-categories=performance,accessibility,best-practices,seo", "--no-enable-error-reporting",
    ]  # fmt: skip
    env = os.environ | {"CHROME_PATH": chromium}
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=PATIENCE_S, check=False)
    assert out.is_file(), done.stderr[-2000:]
    return json.loads(out.read_text(encoding="utf-8"))


def failed(found: dict) -> list[str]:
    """The audits of the asserted categories that were not passed."""
    names = {ref["id"] for name in ASSERTED for ref in found["categories"][name]["auditRefs"]}
    return sorted(name for name in names if found["audits"][name]["score"] not in (None, 1))
