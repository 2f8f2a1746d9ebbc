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
columns = ["address", "run", "status", "network_name", "network", "device.read_noise", "accuracy", "accuracy_ci95", "energy_j", "inputs_per_s"]


def make_index(path, noises, objectives=None):
    """Three networks at so many noises; with objectives, the front of accuracy and energy beside: no noise."""
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE info (name PRIMARY KEY, value)")
    database.execute("INSERT INTO info VALUES ('axes', ?)", (json.dumps(["network", "device.read_noise"]),))
    database.execute("CREATE TABLE points (%s)" % ", ".join(f'"{c}"' for c in columns))
    for name, slots in (("n1", 1), ("n2", 2), (hostile, 4)):
        for noise in range(noises):
            database.execute("INSERT INTO points VALUES (?, 0, 'ok', ?, ?, ?, ?, ?, ?, 134264)", (
                f"{name}{noise}", name, name, noise, 0.93 - 0.02 * slots - 0.3 * slots ** 0.5 * noise / noises,
                0.01 + 0.001 * noise / noises, 1e-5 / slots))
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
               [s.first_selected_option.text for s in selects[:3]] == ["device.read_noise", "accuracy with noise", "network"])
        before = pixels(driver, 0)
        selects[1].select_by_visible_text("energy per input")
        expect("another figure is another drawing", pixels(driver, 0) != before)
        driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", charts[1])
        before = pixels(driver, 1)
        # Points of the first network stand at 10 µJ of an axis from 2 to 12 µJ, inside margins of 90 and 30.
        width, height = charts[1].size["width"], charts[1].size["height"]
        for step in range(80):
            ActionChains(driver).move_to_element_with_offset(charts[1], round(90 + 0.8 * (width - 120) - width / 2), -height // 2 + 48 + 4 * step).perform()
            ActionChains(driver).pause(0.03).perform()
            if pixels(driver, 1) != before:
                break
        expect("hovering a point tells what it is", pixels(driver, 1) != before)
        rows = driver.find_elements(By.CSS_SELECTOR, ".wide tbody tr")
        expect("all points are in the table", len(rows) == 18)
        expect("by the axes", [row.text.split()[0] for row in rows] == sorted(row.text.split()[0] for row in rows))
        expect("intervals are points, not a share", "± 1.00 points" in rows[0].text)
        text = driver.find_element(By.ID, "root").text
        expect("the axes are told with their values", "device.read_noise 0, 1, 2, 3, 4, 5" in text)
        expect("the best point is told", "highest accuracy with noise 91.00 % ± 1.00 points at network = n1, device.read_noise = 0" in text)
        expect("what no axis moves stands once, as a plain number",
               "inputs per second 134,264" in text and "inputs per second" not in driver.find_element(By.CSS_SELECTOR, ".wide thead").text)
        expect("a hostile name stays text", any(hostile in row.text for row in rows))
        expect("nothing was logged on the way: " + str(console(driver)), not console(driver))

    with opened(folder / "report.html", dark=True) as driver:
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": False})
        driver.refresh()
        expect("a narrow page does not scroll aside", driver.execute_script("return document.documentElement.scrollWidth") <= 400)
        expect("a row of the table is a line, also on a narrow page",
               all(row.size["height"] < 35 for row in driver.find_elements(By.CSS_SELECTOR, ".wide tbody tr")))
        top = driver.execute_script("""
            const chart = charts[0].drawn, legend = chart._componentsViews.find((v) => v.type === "legend.plain");
            return [legend.group.getBoundingRect().height, chart.getOption().grid[0].top];""")
        expect(f"the legend stands above the drawing: {top}", top[0] < top[1])
        driver.execute_script("window.dispatchEvent(new Event('beforeprint'))")
        expect("what is dark on the screen is black on white paper", driver.execute_script(
            "return charts[0].drawn.getOption().xAxis[0].axisLabel.color") == "#000000")
        driver.execute_script("window.dispatchEvent(new Event('afterprint'))")
        expect("and dark again after", driver.execute_script(
            "return charts[0].drawn.getOption().xAxis[0].axisLabel.color") != "#000000")
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 1200, "height": 800, "deviceScaleFactor": 1, "mobile": False})
        driver.refresh()
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 700, "height": 990, "deviceScaleFactor": 1, "mobile": False})
        expect("charts are as wide as the paper", driver.execute_script(
            "return Math.max(...[...document.querySelectorAll('.chart canvas')].map((c) => c.getBoundingClientRect().right))") <= 700)
        expect("the title does not stand alone on the first sheet", driver.execute_script(
            "return [...document.querySelectorAll('#root > *')].every((e) => getComputedStyle(e).breakInside === 'auto')"))

    (folder / "results.sqlite").unlink()
    make_index(folder / "results.sqlite", 6, {"energy_j": "min", "accuracy": "max", "device.read_noise": "min"})
    subprocess.run([sys.argv[1], "report", "--quiet", folder], check=True)
    with opened(folder / "report.html") as driver:
        selects = [Select(s) for s in driver.find_elements(By.TAG_NAME, "select")]
        expect("the first two objectives are across and up",
               [s.first_selected_option.text for s in selects[3:5]] == ["energy per input", "accuracy with noise"])
        joined, ringed = front_series(driver)
        expect("the front of two is joined, that of all objectives ringed",
               len(joined) == 3 and sorted(joined) == sorted(ringed) and "Rings" in driver.find_element(By.ID, "root").text)
        selects[3].select_by_visible_text("95 % interval over chips")
        selects[4].select_by_visible_text("energy per input")
        expect("rings stay on their points", len(front_series(driver)[1]) == 3)
        rows = [row.text for row in driver.find_elements(By.CSS_SELECTOR, ".wide tbody tr")]
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
        text = driver.find_element(By.ID, "root").text
        expect("means have no interval", "±" not in text and "95 % interval over chips" not in text)

    (folder / "results.sqlite").unlink()
    database = sqlite3.connect(folder / "results.sqlite")
    database.execute("CREATE TABLE info (name PRIMARY KEY, value)")
    database.execute("INSERT INTO info VALUES ('axes', ?)", (json.dumps(["device.drift", "device.read_noise"]),))
    database.execute('CREATE TABLE points (address, run, status, "device.drift", "device.read_noise", accuracy)')
    drawn = ((str(i), 0, "ok", i * 0.6180339887 % 1, i / 30000, 0.9 - 0.5 * i / 30000) for i in range(30000))
    database.executemany("INSERT INTO points VALUES (?, ?, ?, ?, ?, ?)", drawn)
    database.commit()
    subprocess.run([sys.argv[1], "report", "--quiet", folder], check=True)
    with opened(folder / "report.html") as driver:
        rows = driver.execute_script("return JSON.parse(document.getElementById('data').textContent).study.rows")
        expect(f"30,000 drawn points are 200 bins: {len(rows)}", len(rows) == 200 and all(row[-1] == 150 for row in rows))
        # The figure falls along a line, so does its mean over a bin at the mean of the axis.
        expect("at means of the axis and the figure", all(abs(row[1] - 0.9 + 0.5 * row[0]) < 1e-9 for row in rows)
               and abs(rows[0][0] - 74.5 / 30000) < 1e-9 and not console(driver))
        texts = {"accuracy": (0.9127, "91.27 %"), "accuracy.inputs": (500, "500"), "accuracy.analog.chips": (8, "8"),
                 "accuracy.analog.ci95": (0.02, "± 2.00 points"), "accuracy_inputs_ci95": (0.02, "± 2.00 points"),
                 "paired.mean": (-0.0123, "-1.23 points"), "paired.ci95": (0.004, "± 0.40 points"), "paired.chips": (8, "8"),
                 "energy.per_pass_j": (2.3e-6, "2.3 µJ"), "energy.by_component.adc": (2.3e-9, "2.3 nJ"), "latency_s": (9e-6, "9 µs"),
                 "area.by_part_mm2.adc": (0.04, "0.04 mm²"), "area_mm2": (162.304, "162.3 mm²"), "inputs_per_s": (134264, "134,264"),
                 "inputs_per_s_per_mm2": (0.25, "0.25"), "utilisation.cells": (0.043, "0.043")}  # fmt: skip
        for figure, (value, text) in texts.items():
            shown = driver.execute_script("return figureText(arguments[0], arguments[1])", figure, value)
            expect(f"{figure} {value} is {text}, not {shown}", shown == text)
finish()
