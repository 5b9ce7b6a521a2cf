"""Importing the estimator leaves the logging of the process as it was."""

import logging
import subprocess
import sys


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_importing_the_estimator_leaves_the_class_of_loggers_alone() -> None:
    code = """
import logging
class Own(logging.Logger): pass
logging.setLoggerClass(Own)
import arena.services.estimator
print(logging.getLoggerClass().__name__, type(logging.getLogger("new")).__name__)
"""
    assert python(code) == "Own Own"
    assert logging.getLoggerClass().__module__ != "ecologits.log"


def test_a_logger_named_ecologits_may_exist_before_and_keeps_its_settings() -> None:
    code = """
import logging
logging.getLogger("ecologits").setLevel(logging.ERROR)
import arena.services.estimator
logger = logging.getLogger("ecologits")
logger.warning_once("not shown")
print(logger.level == logging.ERROR)
"""
    assert python(code) == "True"
