"""Two applications for the whole package: one with the demo models, one with models that misbehave."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.e2e.duel_page import PATIENCE_MS
from tests.e2e.organiser_client import DEPLOYER
from tests.e2e.scripts import MODELS, FailsUntilMended, HeldUntilLetGo, make_scripts
from tests.providers.fake_server import Script
from tests.serving import Application, ScriptedModels, running, serving_models, write_catalogue

expect.set_options(timeout=PATIENCE_MS)
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Two pages of Chromium's own for each window, a third of the CPU of a short test. Of this switch the last one
    # counts: the other names are those of Playwright that make a difference here.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,MediaRouter,OptimizationHints,PaintHolding,PreconnectToSearch,"
    "NetworkTimeServiceQuerying,ThirdPartyStoragePartitioning,AvoidUnnecessaryBeforeUnloadCheckSync,LensOverlay",
]


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """The application as it starts without a key: demo models, thirty times faster than normal."""
    folder = tmp_path_factory.mktemp("demo")
    with running(Application(folder, demo="always", demo_speed="30", deployer_secret=DEPLOYER)) as application:
        yield application


@pytest.fixture(scope="package")
def failing_side() -> FailsUntilMended:
    """The script of a battle in which one side fails until it is mended."""
    return FailsUntilMended()


@pytest.fixture(scope="package")
def held_script() -> HeldUntilLetGo:
    return HeldUntilLetGo()


@pytest.fixture
def held(held_script: HeldUntilLetGo) -> Iterator[HeldUntilLetGo]:
    """The script of battles that are being written until the test, or its end, lets them go."""
    held_script.is_let_go = False
    yield held_script
    held_script.is_let_go = True


@pytest.fixture(scope="package")
def models(failing_side: FailsUntilMended, held_script: HeldUntilLetGo) -> Iterator[ScriptedModels]:
    scripts: dict[str, Script] = {**make_scripts(), "one-side": failing_side, "held": held_script}
    with serving_models(ScriptedModels(scripts)) as server:
        yield server


@pytest.fixture(scope="package")
def scripted(models: ScriptedModels, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """The application with two invented models on the scripted server."""
    with running(scripted_application(models, tmp_path_factory.mktemp("scripted"))) as application:
        yield application


PATIENT = {"silence_s": "600", "watcher_grace_s": "600"}  # a browser of a slow machine takes its time


def scripted_application(models: ScriptedModels, folder: Path) -> Application:
    catalogue = write_catalogue(folder / "models.yaml", models.base_url, MODELS)
    return Application(folder, catalogue=str(catalogue), demo="never", deployer_secret=DEPLOYER, **PATIENT)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium, one for all tests."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        words = "no Chromium on this machine: install the package 'chromium' to run the browser tests"
        if os.environ.get("ARENA_TEST_REQUIRE_ALL") == "1":
            pytest.fail(words)
        pytest.skip(words)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()
