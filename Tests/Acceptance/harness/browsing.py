"""Headless Chromium that reaches nothing but this machine: one process, a fresh profile for each visitor."""

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
# No name is known but this machine's own.
_NAMES = "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"


class Chromium:
    """`here` are further names that lead to this machine."""

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
        """Somebody with cookies, storage and a cache of their own; `stop` forgets them."""
        self.driver.get_log("browser")
        return Visitor(self.driver, self._home)

    def stop(self):
        self.driver.quit()


class Visitor:
    def __init__(self, driver, home):
        self._driver, self._home = driver, home
        self._profile = driver.browser.create_user_context()
        self._said = []

    def tab(self, url=None):
        handle = self._driver.browsing_context.create(type="window", user_context=self._profile)
        tab = Tab(self._driver, handle, self._home)
        if url:
            tab.open(url)
        return tab

    def log(self, source=None):
        """What the browser's console says so far: of pages, of the network, of policies that were violated."""
        # The mapper is the driver's own page.
        self._said += [entry for entry in self._driver.get_log("browser") if "Mapper" not in entry["message"]]
        return [entry for entry in self._said if source in (None, entry["source"])]

    def complaints(self):
        """Warnings and errors: also uncaught exceptions and rejections, failed requests and what a CSP forbade."""
        return [entry["message"] for entry in self.log() if entry["level"] in ("WARNING", "SEVERE")]

    def stop(self):
        self._driver.switch_to.window(self._home)
        self._driver.browser.remove_user_context(self._profile)


class Tab:
    """One page of a visitor's. Whatever is asked of it brings it to the driver's front first."""

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
        """The result of a function's body, promises awaited."""
        return self.driver.execute_script(script, *arguments)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def find(self, selector, text=""):
        """The first element of that selector which is seen and has the text in it, once there is one."""

        def seen():
            script = """return [...document.querySelectorAll(arguments[0])].find(
                it => it.checkVisibility() && it.textContent.includes(arguments[1])) ?? null"""
            return self.run(script, selector, text)

        return eventually(seen, lambda: f"{selector} with {text!r}; there is: {self.text()[:2000]}")

    def click(self, selector, text=""):
        self.find(selector, text).click()

    def fill(self, selector, text):
        field = self.find(selector)
        field.clear()
        field.send_keys(text)

    def text(self, selector="body"):
        return self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def until(self, script, *arguments):
        """The first truthy result of a function's body."""
        return eventually(lambda: self.run(script, *arguments), lambda: f"{script}; there is: {self.text()[:2000]}")

    def viewport(self, width, height, scale=1.0):
        self._driver.browsing_context.set_viewport(
            context=self.handle, viewport={"width": width, "height": height}, device_pixel_ratio=scale
        )

    def scheme(self, name):
        """`light` or `dark`, as the visitor prefers."""
        feature = {"name": "prefers-color-scheme", "value": name}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})

    def picture(self, file):
        self.driver.save_screenshot(str(file))

    def close(self):
        self.driver.close()
        self._driver.switch_to.window(self._home)
