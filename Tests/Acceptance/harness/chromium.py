# SPDX-License-Identifier: Apache-2.0
"""Headless Chromium without access beyond this machine: one process, a new profile for each visitor."""

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from .deadline import eventually

_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--force-prefers-reduced-motion",
    "--hide-scrollbars",
)
# Resolves no names but those of this machine.
_NAMES = "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"


class Chromium:
    """`here` are further host names that resolve to this machine."""

    def __init__(self, binary="/usr/bin/chromium", chromedriver="/usr/bin/chromedriver", here=()):
        options = webdriver.ChromeOptions()
        options.binary_location = binary
        for argument in _ARGUMENTS:
            options.add_argument(argument)
        rules = [*(f"MAP {name} 127.0.0.1" for name in here), _NAMES]
        options.add_argument(f"--host-resolver-rules={' , '.join(rules)}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        options.enable_bidi = True
        self.driver = webdriver.Chrome(options=options, service=Service(chromedriver))
        self._home = self.driver.current_window_handle

    def visitor(self):
        """A visitor with separate cookies, storage and cache; `stop` deletes them."""
        self.driver.get_log("browser")
        return Visitor(self.driver, self._home)

    def stop(self):
        self.driver.quit()


class Visitor:
    def __init__(self, driver, home):
        self._driver, self._home = driver, home
        self._profile = driver.browser.create_user_context()
        self._entries = []

    def tab(self, url=None):
        handle = self._driver.browsing_context.create(type="window", user_context=self._profile)
        tab = Tab(self._driver, handle, self._home)
        if url:
            tab.open(url)
        return tab

    def log(self, source=None):
        """The entries of the browser console so far: of pages, the network and policy violations."""
        # The mapper is a page of the driver.
        self._entries += [entry for entry in self._driver.get_log("browser") if "Mapper" not in entry["message"]]
        return [entry for entry in self._entries if source in (None, entry["source"])]

    def console_errors(self):
        """Warnings and errors, including uncaught exceptions and rejections, failed requests and CSP violations."""
        return [entry["message"] for entry in self.log() if entry["level"] in ("WARNING", "SEVERE")]

    def stop(self):
        self._driver.switch_to.window(self._home)
        self._driver.browser.remove_user_context(self._profile)


class Tab:
    """One page of a visitor. Each use switches the driver to it first."""

    def __init__(self, driver, handle, home):
        self._driver, self.handle, self._home = driver, handle, home

    @property
    def driver(self):
        if self._driver.current_window_handle != self.handle:
            self._driver.switch_to.window(self.handle)
        return self._driver

    def open(self, url):
        self.driver.get(url)

    def run(self, script, *arguments):
        """The result of a function body, with promises awaited."""
        return self.driver.execute_script(script, *arguments)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def find(self, selector, text=""):
        """Waits for the first visible element of that selector that contains the text."""

        def seen():
            script = """return [...document.querySelectorAll(arguments[0])].find(
                it => it.checkVisibility() && it.textContent.includes(arguments[1])) ?? null"""
            return self.run(script, selector, text)

        return eventually(seen, lambda: f"{selector} with {text!r}; the page has: {self.text()[:2000]}")

    def click(self, selector, text=""):
        self.find(selector, text).click()

    def fill(self, selector, text):
        field = self.find(selector)
        field.clear()
        field.send_keys(text)

    def text(self, selector="body"):
        return self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def until(self, script, *arguments):
        """Waits for the first truthy result of a function body."""
        return eventually(lambda: self.run(script, *arguments), lambda: f"{script}; the page has: {self.text()[:2000]}")

    def viewport(self, width, height, scale=1.0):
        self._driver.browsing_context.set_viewport(
            context=self.handle, viewport={"width": width, "height": height}, device_pixel_ratio=scale
        )

    def scheme(self, name):
        """Sets the preferred color scheme, `light` or `dark`."""
        feature = {"name": "prefers-color-scheme", "value": name}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})

    def picture(self, file):
        self.driver.save_screenshot(str(file))

    def close(self):
        self.driver.close()
        self._driver.switch_to.window(self._home)
