"""Make the README's pictures: the sample agency in a fresh home, a real server, a real browser.

Run by `make screenshots`; needs Chromium on the PATH.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

OUT = Path(__file__).parent / "images"
PORT = 8765
BASE = f"http://127.0.0.1:{PORT}"


def main() -> None:
    """Prepare, serve, look, save."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("Chromium is needed for screenshots: install your system's package.")
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        amends = [sys.executable, "-m", "amends.cli.main"]
        made = subprocess.run(
            [*amends, "demo", "--no-serve", "--home", str(home), "--port", str(PORT)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        link = re.search(r"/enter/\S+", made.stdout)
        assert link is not None
        server = subprocess.Popen(
            [*amends, "serve", "--port", str(PORT)],
            env={**os.environ, "AMENDS_HOME": str(home)}, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _wait()
            _look(browser, link.group())
        finally:
            server.terminate()
            server.wait()


def _wait() -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{BASE}/healthz", timeout=1)
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit("The server did not start.")


def _look(browser: str, link: str) -> None:
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        context = chromium.new_context(viewport={"width": 1280, "height": 860})
        page = context.new_page()
        page.goto(BASE + link)
        page.click("main button")
        page.wait_for_url(BASE + "/")
        _save(page, "today")
        page.get_by_role("link", name="Hartwell").first.click()
        page.wait_for_load_state()
        _save(page, "client")
        page.goto(BASE + "/")
        page.locator(".reason-first a.reason-quote").first.click()
        page.wait_for_load_state()
        _save(page, "thread")
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(BASE + "/")
        _save(page, "today-phone-dark")
        chromium.close()


def _save(page: Page, name: str) -> None:
    page.screenshot(path=OUT / f"{name}.png")


if __name__ == "__main__":
    main()
