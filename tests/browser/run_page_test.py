# SPDX-License-Identifier: Apache-2.0
"""run_page_test.py MIMOSA EXPERIMENT: the page of a run in a real browser: no errors, no requests, charts that react."""
import json
import pathlib
import subprocess
import sys
import tempfile

from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from page import colours, console, expect, finish, opened, pixels, requests

program, experiment = sys.argv[1:3]
hostile = "<img src=x onerror=window.stolen=1><!--<script><b>bold"  # no slash: it names a folder too

with tempfile.TemporaryDirectory() as folder:
    out = pathlib.Path(folder) / "results"
    subprocess.run([program, "run", experiment, "--inputs", "64", "--chips", "2", "--quiet", "--out", out,
                    "--set", f"name={hostile}"], check=True)
    report = json.loads((out / "report.json").read_text())
    with opened(out / "report.html") as driver:
        expect("nothing is logged: " + str(console(driver)), not console(driver))
        expect("nothing is asked for: " + str(requests(driver)), not requests(driver))
        expect("a hostile name stays text", driver.execute_script("return window.stolen") is None
               and driver.title == hostile and driver.find_element(By.TAG_NAME, "h1").text == hostile)
        charts = driver.find_elements(By.CSS_SELECTOR, ".chart canvas")
        expect("accuracy, energy, area, latency and tiles are drawn", len(charts) == 5)
        for index in range(len(charts)):
            expect(f"chart {index} has lines and areas", colours(driver, index) > 5)
        expect("each chart says what it is", all(
            box.get_attribute("aria-label") for box in driver.find_elements(By.CSS_SELECTOR, ".chart")))

        energy = driver.find_elements(By.CSS_SELECTOR, ".chart")[1]
        driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", energy)
        before = pixels(driver, 1)
        ActionChains(driver).move_to_element_with_offset(energy, -200, 5).perform()  # onto the first bar
        ActionChains(driver).pause(0.3).perform()
        expect("hovering shows what a bar is", pixels(driver, 1) != before)
        ActionChains(driver).move_to_element(driver.find_element(By.TAG_NAME, "figcaption")).pause(0.3).perform()
        hidden = pixels(driver, 1)
        ActionChains(driver).move_to_element_with_offset(energy, 0, -energy.size["height"] // 2 + 9).click().pause(0.3).perform()
        expect("a click on the legend takes a part out", pixels(driver, 1) != hidden)

        tiles = driver.find_elements(By.CSS_SELECTOR, "svg title")
        expect("the floor plan has every used tile", len(tiles) == report["utilisation"]["tiles_used"])
        first = tiles[0].get_attribute("textContent")
        Select(driver.find_element(By.CSS_SELECTOR, "section select")).select_by_visible_text("energy per pass")
        expect("the floor plan shows energy", "J" in driver.find_element(By.CSS_SELECTOR, "svg title").get_attribute(
            "textContent").replace(first, ""))

        table = next(t for t in driver.find_elements(By.TAG_NAME, "table") if "MVMs per pass" in t.text)
        expect("the layers are in the table", len(table.find_elements(By.CSS_SELECTOR, "tbody tr")) == len(report["layers"]))
        title = next(h for h in table.find_elements(By.TAG_NAME, "th") if h.text == "arrays")
        title.click()
        arrays = [int(row.find_elements(By.TAG_NAME, "td")[1].text) for row in table.find_elements(By.CSS_SELECTOR, "tbody tr")]
        expect("a click on a title sorts", arrays == sorted(layer["arrays"] for layer in report["layers"]))
        folded = "return [...document.querySelectorAll('details')].map((d) => d.open)"
        expect("some of it is folded", not all(driver.execute_script(folded)))
        driver.execute_script("window.dispatchEvent(new Event('beforeprint'))")
        expect("paper shows what is folded on the screen", all(driver.execute_script(folded)))
        driver.execute_script("window.dispatchEvent(new Event('afterprint'))")
        expect("and it is folded again", not any(driver.execute_script(folded)))
        expect("nothing was logged on the way: " + str(console(driver)), not console(driver))
        light = driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    with opened(out / "report.html", dark=True) as driver:
        expect("dark where the reader's screen is", driver.execute_script(
            "return getComputedStyle(document.body).backgroundColor") != light)
        expect("charts are drawn in the dark", colours(driver, 0) > 5 and not console(driver))
finish()
