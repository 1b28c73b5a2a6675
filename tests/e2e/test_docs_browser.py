"""The reference page in a real browser: it needs nothing from elsewhere, breaks no rule of its own policy, and works by
keyboard. Runs with XZEPR_LONG, where Chromium is installed (scripts/deps --browser)."""

import json
import os
import shutil

import pytest
from support.browser import PROGRAM, Browser

pytestmark = pytest.mark.skipif(not os.environ.get("XZEPR_LONG"), reason="--long: a browser is a large package")
SHOTS = os.environ.get("XZEPR_SCREENSHOTS")


@pytest.fixture(scope="module")
def server(binary):
    from server import Server

    running = Server(binary, "sqlite").start()
    yield running
    running.remove()


@pytest.fixture(scope="module")
def browser():
    assert shutil.which(PROGRAM), "scripts/deps --browser installs it"
    opened = Browser()
    yield opened
    opened.close()


def show(browser, root, name: str):
    if SHOTS:
        browser.screenshot(root / SHOTS / f"{name}.png")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1400, 900), (390, 844)])
def test_it_is_whole_in_both_schemes_and_widths(browser, server, root, scheme, width, height):
    browser.look(width, height, scheme)
    for path, name in (("/docs", "docs"), ("/docs/errors", "errors"), ("/docs/errors/payload_invalid", "error")):
        browser.open(server.url + path)
        show(browser, root, f"{name}-{scheme}-{width}")
        assert browser.complaints() == []
        assert browser.ask("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than {width}"
        assert all(url.startswith(server.url) for url in browser.requested())
    paper = browser.ask("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(255, 255, 255)") == (scheme == "light")


def contrast(browser, selector: str) -> float:
    """WCAG's ratio of a text's colour to the page's."""
    return browser.ask(
        """((selector) => {
          const light = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((c) => c / 255)
            .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
          const a = light(getComputedStyle(document.querySelector(selector)).color);
          const b = light(getComputedStyle(document.body).backgroundColor);
          return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        })(%s)""" % json.dumps(selector)
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_of_text_can_be_read(browser, server, scheme):
    browser.look(1400, 900, scheme)
    browser.open(server.url + "/docs")
    for selector in ("main p", ".type", ".needs", ".get", ".post", ".put", ".delete", ".status", ".status.ok", "main a"):
        assert contrast(browser, selector) >= 4.5, selector


def test_the_filter_finds_by_keyboard(browser, server, root):
    browser.look(1400, 900, "light")
    browser.open(server.url + "/docs")
    browser.press("/", "/")
    assert browser.ask("document.activeElement.id") == "filter"
    browser.type("gate artifact")
    shown = browser.until("[...document.querySelectorAll('.operation:not([hidden])')].map((o) => o.id)")
    assert "listGateArtifacts" in shown and "listEvents" not in shown
    show(browser, root, "filter")
    browser.press("Enter")
    assert browser.ask("document.activeElement.closest('nav') !== null")
    browser.ask("document.querySelector('#filter').focus()")
    browser.press("Escape")
    assert browser.ask("document.querySelector('#listEvents').hidden") is False


def test_an_operation_is_tried_with_a_key_that_is_kept_nowhere(browser, server, root):
    browser.look(1400, 900, "dark")
    browser.open(server.url + "/docs")
    browser.ask("document.querySelector('#key').focus()")
    browser.type(server.admin_key)
    browser.press("Enter", "\r")
    browser.until("document.querySelector('#who').className === 'good'")
    assert "admin" in browser.ask("document.querySelector('#who').value")
    form = "document.querySelector('#listReceivers .try form')"
    browser.ask(f"{form}.parentElement.open = true; {form}.querySelector('[data-name=limit]').value = '2'; {form}.requestSubmit()")
    browser.until(f"{form}.querySelector('output pre') !== null")
    assert browser.ask(f"{form}.querySelector('output b').textContent").startswith("200 ")
    assert '"limit": 2' in browser.ask(f"{form}.querySelector('output').textContent")
    browser.ask(f"{form}.scrollIntoView()")
    show(browser, root, "try")
    stored = browser.ask("JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, location.href])")
    assert server.admin_key not in stored and stored.startswith('[[],[],""')
    assert all(server.admin_key not in url for url in browser.requested())
    browser.ask(f"{form}.querySelector('.curl').click()")
    text = browser.until(f"{form}.querySelector('output pre').textContent.includes('curl') && {form}.querySelector('output').textContent")
    assert "$XZEPR_API_KEY" in text and server.admin_key not in text
    browser.open(server.url + "/docs")
    assert browser.ask("document.querySelector('#key').value") == ""


def test_a_body_is_sent_and_its_refusal_is_shown(browser, server):
    browser.look(1400, 900, "light")
    browser.open(server.url + "/docs")
    browser.ask("document.querySelector('#key').focus()")
    browser.type(server.admin_key)
    form = "document.querySelector('#createReceiver .try form')"
    browser.ask(f"{form}.parentElement.open = true; {form}.requestSubmit()")
    browser.until(f"{form}.querySelector('output b')?.textContent.startsWith('20')")
    browser.ask(f"{form}.querySelector('textarea').value = '{{}}'; {form}.requestSubmit()")
    browser.until(f"{form}.querySelector('output b').textContent.startsWith('400')")
    assert "request_invalid" in browser.ask(f"{form}.querySelector('output').textContent")


def test_it_can_be_read_without_the_script(browser, server):
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.look(1400, 900, "light")
        browser.open(server.url + "/docs")
        assert browser.ask("document.querySelectorAll('.operation').length") > 30
        assert browser.ask("getComputedStyle(document.querySelector('#credential')).display") == "none"
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)
