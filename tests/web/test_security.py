"""Headers on every answer, no cookie for a visitor, no unsafe request from elsewhere, no 500 from junk."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from app.config import Settings
from app.web import create_app
from app.web.access import PUBLIC, access
from app.web.cookies import FORM_LASTS
from app.web.security import content_security_policy, json_intake
from tests.web.pages import filled, rules, visitor_pages

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FORM_PAGES = {"/sign-in", "/sign-in/second", "/forgot", "/report", "/receipt"}
HERE = {"Origin": "http://localhost"}


@access(PUBLIC)
@json_intake
def intake() -> str:
    return "taken"


@access(PUBLIC)
def plain() -> str:
    return "done"


@pytest.fixture
def with_forms(own_app: Flask) -> FlaskClient:
    """The application with two unsafe views: one for a page's script, one for a form."""
    own_app.add_url_rule("/test/intake", "test_intake", intake, methods=["POST"])
    own_app.add_url_rule("/test/plain", "test_plain", plain, methods=["POST"])
    return own_app.test_client()


def test_headers_stand_on_every_answer(app: Flask, client: FlaskClient) -> None:
    paths = [filled(rule) for rule in rules(app, "GET")] + ["/nowhere", "/ru/nowhere", "/%00", "/static/css/app.css"]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code < 500 or path == "/readyz", path
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, path
        assert "default-src 'none'; script-src 'self'" in answer.headers["Content-Security-Policy"], path
        assert "geolocation=(self)" in answer.headers["Permissions-Policy"], path
        assert answer.headers["Referrer-Policy"] in {"no-referrer", "strict-origin-when-cross-origin"}, path
        assert "Strict-Transport-Security" not in answer.headers, path
        answer.close()


def test_a_fault_of_ours_is_a_page_with_headers(own_app: Flask) -> None:
    own_app.testing = False

    @access(PUBLIC)
    def broken() -> str:
        raise ZeroDivisionError

    own_app.add_url_rule("/test/broken", "test_broken", broken)
    answer = own_app.test_client().get("/test/broken")
    assert answer.status_code == 500
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "ZeroDivisionError" not in answer.get_data(as_text=True)


def test_visitors_get_no_cookie(app: Flask, client: FlaskClient) -> None:
    for path in visitor_pages(app):
        answer = client.get(path)
        if path in FORM_PAGES:
            assert not answer.headers.getlist("Set-Cookie") or answer.headers["Cache-Control"] == "no-store", path
        else:
            assert answer.headers.getlist("Set-Cookie") == [], path


def test_no_error_page_sets_a_cookie(client: FlaskClient) -> None:
    for path in ("/nowhere", "/account", "/%00"):
        assert client.get(path).headers.getlist("Set-Cookie") == [], path


def test_the_privacy_page_tells_the_truth_about_the_form_s_cookie(client: FlaskClient) -> None:
    given = client.get("/en/report").headers["Set-Cookie"]
    told = client.get("/en/privacy").get_data(as_text=True)
    assert timedelta(hours=2) == FORM_LASTS
    assert "two hours" in told
    assert "without JavaScript" not in told
    assert "Expires" not in given
    assert "Max-Age" not in given  # gone when the browser closes


def test_the_only_stranger_in_the_policy_is_the_tile_server() -> None:
    policy = content_security_policy("https://tile.openstreetmap.org/{z}/{x}/{y}.png")
    assert "img-src 'self' data: blob: https://tile.openstreetmap.org;" in policy
    assert policy.count("http") == 1
    assert "http" not in content_security_policy("")


def test_secret_pages_send_no_referrer_and_tiles_get_one(client: FlaskClient) -> None:
    assert client.get("/sign-in").headers["Referrer-Policy"] == "no-referrer"
    assert 'content="no-referrer"' in client.get("/sign-in").get_data(as_text=True)
    assert client.get("/nowhere").headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_over_https_cookies_are_bound_to_the_host(settings: Settings) -> None:
    app = create_app(replace(settings, base_url="https://qauip.example"))
    answer = app.test_client().get("/sign-in", base_url="https://qauip.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-qauip_form=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert app.test_client().get("/sign-in", base_url="https://evil.example").status_code == 400
    app.extensions["qauip"].dispose()


def test_a_forged_proxy_header_is_not_believed(client: FlaskClient) -> None:
    answer = client.get("/kk/sign-in", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    assert "evil" not in answer.headers["Location"]


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, "application/x-www-form-urlencoded"),
        ({}, "text/plain"),
        ({}, "application/json"),
        ({"Origin": "https://evil.example"}, "application/json"),
        ({"Origin": "https://evil.example"}, "application/x-www-form-urlencoded"),
        ({"Origin": "http://localhost.evil.example"}, "application/json"),
        ({"Origin": "null"}, "application/json"),
        ({"Sec-Fetch-Site": "cross-site"}, "application/json"),
        ({"Sec-Fetch-Site": "same-site", **HERE}, "application/json"),
        (HERE, "text/plain"),
        (HERE, "application/x-www-form-urlencoded"),
    ],
)
def test_no_unsafe_request_from_elsewhere(app: Flask, headers: dict[str, str], kind: str) -> None:
    client = app.test_client()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for rule in rules(app, method):
            if not _from_elsewhere(headers) and _needs_no_token(app, rule.endpoint, vouched=headers == HERE):
                continue
            answer = client.open(filled(rule), method=method, headers=headers, data="{}", content_type=kind)
            refused = {403} if _from_elsewhere(headers) else {401, 403}  # no token: who is signed out hears that first
            assert answer.status_code in refused, (method, str(rule))


def _needs_no_token(app: Flask, endpoint: str, *, vouched: bool) -> bool:
    """One that reads no cookie; and what anybody may send in nobody's name, where a header vouches for the sender."""
    anonymous = vouched and endpoint in {"public.send_report", "public.flag", "auth.sign_in"}
    return anonymous or getattr(app.view_functions[endpoint], "tokenless", False)


def _from_elsewhere(headers: dict[str, str]) -> bool:
    return bool(headers) and headers != HERE


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (HERE, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({}, 403),
    ],
)
def test_json_of_a_page_is_vouched_for_by_its_origin(
    with_forms: FlaskClient, headers: dict[str, str], status: int
) -> None:
    answer = with_forms.post("/test/intake", json={}, headers=headers)
    assert answer.status_code == status
    assert answer.headers.getlist("Set-Cookie") == []


def test_only_marked_views_take_json_without_a_token(with_forms: FlaskClient) -> None:
    assert with_forms.post("/test/plain", json={}, headers=HERE).status_code == 403


def test_a_form_without_javascript_needs_its_token(with_forms: FlaskClient) -> None:
    from tests.web.pages import token  # noqa: PLC0415

    assert with_forms.post("/test/intake", data={"a": "b"}, headers=HERE).status_code == 403
    good = token(with_forms)
    assert with_forms.post("/test/intake", data={"csrf_token": good}, headers=HERE).status_code == 200
    assert with_forms.post("/test/plain", data={"csrf_token": good}).status_code == 200
    assert with_forms.post("/test/plain", data={"csrf_token": good + "x"}).status_code == 403


def test_errors_speak_json_to_scripts(client: FlaskClient) -> None:
    answer = client.get("/ru/nowhere", headers={"Accept": "application/json"})
    assert answer.json == {"error": "http_404", "message": answer.json["message"]}
    assert "страниц" in answer.json["message"]


@pytest.mark.parametrize("path", ["/%00", "/sign-in?next=%00", "/sign-in?%00=1", "/h/%00"])
def test_a_zero_byte_is_refused(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 400


def test_the_default_language_has_no_prefix(client: FlaskClient) -> None:
    assert client.get("/kk/sign-in?next=/x").headers["Location"] == "/sign-in?next=/x"
    assert client.post("/kk/sign-in").status_code == 405
    assert client.get("/ru/kk/sign-in").status_code == 404


def test_a_page_names_itself_in_each_language(client: FlaskClient) -> None:
    answer = client.get("/ru/sign-in?next=/a%20b")
    assert answer.headers["Content-Language"] == "ru"
    text = answer.get_data(as_text=True)
    for link in ("/sign-in?next=/a%20b", "/ru/sign-in?next=/a%20b", "/en/sign-in?next=/a%20b"):
        assert f'href="{link}"' in text


def test_no_address_becomes_a_link_to_elsewhere(client: FlaskClient) -> None:
    for path in ("//evil.example/", "/\\evil.example/", "/ru//evil.example/"):
        text = client.get(path).get_data(as_text=True)
        assert 'href="//' not in text, path
        assert 'href="/\\' not in text, path


JUNK = st.one_of(st.text(max_size=40), st.binary(max_size=40), st.sampled_from(["9" * 5000, "-1", "NaN", "1e999", "٣"]))


@tries(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=JUNK)
def test_no_junk_is_a_fault_of_ours(app: Flask, junk: str | bytes) -> None:
    client = app.test_client()
    dirty = quote(junk if isinstance(junk, bytes) else junk.encode("utf-8", "surrogatepass"), safe="")
    for rule in rules(app, "GET"):
        if str(rule) == "/readyz":
            continue
        for path in (f"{filled(rule)}?{dirty}={dirty}&type={dirty}&next={dirty}", filled(rule, dirty or "x")):
            assert client.get(path).status_code < 500, path
