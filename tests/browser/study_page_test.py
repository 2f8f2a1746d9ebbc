# SPDX-License-Identifier: Apache-2.0
"""study_page_test.py MIMOSA: the page of a sweep in a real browser: no errors, no requests, charts that react."""
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from page import colours, console, expect, finish, opened, pixels, requests

hostile = "</script><b>n4"
columns = ["address", "run", "status", "network_name", "network", "device.read_noise", "accuracy", "accuracy_ci95", "energy_j"]


def make_index(path, noises, objectives=None):
    """Three networks at so many noises; with objectives, the front of accuracy and energy beside: no noise."""
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE info (name PRIMARY KEY, value)")
    database.execute("INSERT INTO info VALUES ('axes', ?)", (json.dumps(["network", "device.read_noise"]),))
    database.execute("CREATE TABLE points (%s)" % ", ".join(f'"{c}"' for c in columns))
    for name, slots in (("n1", 1), ("n2", 2), (hostile, 4)):
        for noise in range(noises):
            database.execute("INSERT INTO points VALUES (?, 0, 'ok', ?, ?, ?, ?, 0.01, ?)", (
                f"{name}{noise}", name, name, noise, 0.93 - 0.02 * slots - 0.3 * slots ** 0.5 * noise / noises, 1e-5 / slots))
    if objectives:
        database.execute("INSERT INTO info VALUES ('objectives', ?)", (json.dumps(objectives),))
        database.execute('ALTER TABLE points ADD COLUMN front')
        database.execute('UPDATE points SET front = ("device.read_noise" = 0)')
    database.commit()


def front_series(driver):
    """Points that chart 1 joins, and those it rings."""
    return driver.execute_script("""
        const series = charts[1].drawn.getOption().series;
        return ["front", "front of all"].map((name) => series.filter((s) => s.name === name).flatMap((s) => s.data));""")


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    make_index(folder / "results.sqlite", 6)
    subprocess.run([sys.argv[1], "report", "--quiet", folder], check=True)
    with opened(folder / "report.html") as driver:
        expect("nothing is logged: " + str(console(driver)), not console(driver))
        expect("nothing is asked for: " + str(requests(driver)), not requests(driver))
        charts = driver.find_elements(By.CSS_SELECTOR, ".chart")
        expect("curves and front are drawn", len(charts) == 2 and colours(driver, 0) > 20 and colours(driver, 1) > 5)
        selects = [Select(s) for s in driver.find_elements(By.TAG_NAME, "select")]
        expect("against the axis that has numbers, a curve for each network",
               [s.first_selected_option.text for s in selects[:3]] == ["device.read_noise", "accuracy", "network"])
        before = pixels(driver, 0)
        selects[1].select_by_visible_text("energy_j")
        expect("another figure is another drawing", pixels(driver, 0) != before)
        driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", charts[1])
        before = pixels(driver, 1)
        # Points of the first network stand at 10 µJ of an axis from 2 to 12 µJ, inside margins of 80 and 30.
        width, height = charts[1].size["width"], charts[1].size["height"]
        for step in range(80):
            ActionChains(driver).move_to_element_with_offset(charts[1], round(80 + 0.8 * (width - 110) - width / 2), -height // 2 + 48 + 4 * step).perform()
            ActionChains(driver).pause(0.03).perform()
            if pixels(driver, 1) != before:
                break
        expect("hovering a point tells what it is", pixels(driver, 1) != before)
        rows = driver.find_elements(By.CSS_SELECTOR, "tbody tr")
        expect("all points are in the table", len(rows) == 18)
        expect("a hostile name stays text", any(hostile in row.text for row in rows))
        expect("nothing was logged on the way: " + str(console(driver)), not console(driver))

    (folder / "results.sqlite").unlink()
    make_index(folder / "results.sqlite", 6, {"energy_j": "min", "accuracy": "max", "device.read_noise": "min"})
    subprocess.run([sys.argv[1], "report", "--quiet", folder], check=True)
    with opened(folder / "report.html") as driver:
        selects = [Select(s) for s in driver.find_elements(By.TAG_NAME, "select")]
        expect("the first two objectives are across and up",
               [s.first_selected_option.text for s in selects[3:5]] == ["energy_j", "accuracy"])
        joined, ringed = front_series(driver)
        expect("the front of two is joined, that of all objectives ringed",
               len(joined) == 3 and sorted(joined) == sorted(ringed) and "Rings" in driver.find_element(By.ID, "root").text)
        selects[3].select_by_visible_text("accuracy_ci95")
        selects[4].select_by_visible_text("energy_j")
        expect("rings stay on their points", len(front_series(driver)[1]) == 3)
        rows = [row.text for row in driver.find_elements(By.CSS_SELECTOR, "tbody tr")]
        expect("the table tells them, too", sum(row.endswith("yes") for row in rows) == 3)
        expect("without a word", not console(driver))

    (folder / "results.sqlite").unlink()
    make_index(folder / "results.sqlite", 8000, {"energy_j": "min", "accuracy": "max"})
    subprocess.run([sys.argv[1], "report", "--quiet", folder], check=True)
    size = (folder / "report.html").stat().st_size
    expect(f"24,000 points give a page of means, not of rows ({size} bytes)", size < 1e6)
    with opened(folder / "report.html") as driver:
        expect("it says so", "the mean of" in driver.find_element(By.ID, "root").text and "24,000 points" in driver.page_source)
        expect("and opens without a word", not console(driver))
finish()
