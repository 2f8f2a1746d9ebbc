# SPDX-License-Identifier: Apache-2.0
"""A page of results in headless Chromium: what it logs, asks for and draws."""
import contextlib
import json
import pathlib
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service


@contextlib.contextmanager
def opened(path, dark=False):
    """The page at `path` in a browser of its own, with a log of console and network."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    with tempfile.TemporaryDirectory() as profile:
        for flag in ("headless=new", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-component-update",
                     "disable-background-networking", "disable-sync", "window-size=1200,900", f"user-data-dir={profile}"):
            options.add_argument("--" + flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        try:
            if dark:
                driver.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                       {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
            driver.get(pathlib.Path(path).resolve().as_uri())
            yield driver
        finally:
            driver.quit()


def console(driver):
    return [entry["message"] for entry in driver.get_log("browser")]


def requests(driver):
    """Addresses asked for beside the page itself."""
    sent = (json.loads(entry["message"])["message"] for entry in driver.get_log("performance"))
    urls = (m["params"]["request"]["url"] for m in sent if m["method"] == "Network.requestWillBeSent")
    return [url for url in urls if url != driver.current_url]


def colours(driver, index):
    """How many colours chart `index` is drawn with: 1 means an empty canvas."""
    return driver.execute_script("""
        const canvas = document.querySelectorAll(".chart canvas")[arguments[0]];
        const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data, seen = new Set();
        for (let i = 0; i < data.length; i += 4) seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
        return seen.size;""", index)


def pixels(driver, index):
    """All of chart `index`, to be compared."""
    return driver.execute_script(
        'return document.querySelectorAll(".chart canvas")[arguments[0]].toDataURL()', index)


failures = []


def expect(sentence, holds):
    if not holds:
        failures.append(sentence)


def finish():
    for sentence in failures:
        print("not so:", sentence)
    sys.exit(1 if failures else 0)
