"""Skipped tests are counted, so that none more is skipped unnoticed."""

import pytest

KNOWN_SKIPS = 6
"""Of `npm test`, for packages and data that one test alone needs: both pictures of curves (matplotlib, tensorboard),
timm's own positions, the corpora themselves, and the scripts of the reference chain (Keras) and of indexes (Faiss)."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--known-skips", action="store_true", help=f"fail when more than {KNOWN_SKIPS} are skipped")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.getoption("--known-skips") and skipped(session.config) > KNOWN_SKIPS:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    terminalreporter.write_line(f"{skipped(config)} skipped; {KNOWN_SKIPS} are known")


def skipped(config: pytest.Config) -> int:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return len(reporter.stats.get("skipped", ())) if reporter else 0
