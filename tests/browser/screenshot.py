# SPDX-License-Identifier: Apache-2.0
"""screenshot.py PAGE PICTURE.png [--since HEADING] [--until HEADING] [--chart N] [NUMBER=OPTION …]: how pictures of docs are made.

The page 1,200 pixels wide in the light, from one heading down to another, or chart N alone (from 0); first, the NUMBER-th list to choose
from (from 0) is set to OPTION.
"""
import argparse
import base64
import pathlib
import time

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from page import opened

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("page")
parser.add_argument("picture")
parser.add_argument("--since")
parser.add_argument("--until")
parser.add_argument("--chart", type=int)
parser.add_argument("choices", nargs="*")
arguments = parser.parse_intermixed_args()


def area(driver):
    """x, y, width and height in the page."""
    if arguments.chart is not None:
        return driver.execute_script("""
            const box = document.querySelectorAll(".chart")[arguments[0]].getBoundingClientRect();
            return [box.x, box.y + scrollY, box.width, box.height];""", arguments.chart)
    return [0, *driver.execute_script("""
        const top = (heading, otherwise) => {
            const found = [...document.querySelectorAll("h2")].find((h) => h.textContent === heading);
            return found ? found.getBoundingClientRect().y + scrollY : otherwise;
        };
        const y = top(arguments[0], 0);
        return [y, 1200, top(arguments[1], document.documentElement.scrollHeight) - y];""", arguments.since, arguments.until)]


with opened(arguments.page) as driver:
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": 1200, "height": 900, "deviceScaleFactor": 1, "mobile": False})
    for choice in arguments.choices:
        number, option = choice.split("=", 1)
        Select(driver.find_elements(By.TAG_NAME, "select")[int(number)]).select_by_visible_text(option)
    driver.execute_script("document.activeElement.blur()")  # or a frame stands around the last list
    time.sleep(1)  # charts move into place
    x, y, width, height = area(driver)
    shot = driver.execute_cdp_cmd("Page.captureScreenshot", {
        "captureBeyondViewport": True, "clip": {"x": x, "y": y, "width": width, "height": height, "scale": 1}})
pathlib.Path(arguments.picture).write_bytes(base64.b64decode(shot["data"]))
