"""Benchmarks measure the process that they start, not the one that starts it."""

import subprocess
import sys

import pytest

from benchmarks.measure import Cost, read_output, run, table


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_the_peak_is_the_commands_own_however_large_this_process_is() -> None:
    here = bytearray(400_000_000)
    here[::4096] = b"1" * len(here[::4096])  # every page is touched
    assert run(python("pass")).peak < 100
    assert run(python("bytearray(b'1') * 200_000_000")).peak > 200
    peak = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    assert int(read_output(python(peak))) < 100_000_000 // (1 if sys.platform == "darwin" else 1024)


def test_cpu_time_counts_and_waiting_does_not() -> None:
    assert run(python("sum(range(10_000_000))")).cpu > 0.05
    waited = run(python("import time; time.sleep(0.5)"))
    assert waited.cpu < 0.4 < waited.wall


def test_a_command_that_fails_stops_the_measurement_and_shows_why(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        run(python("raise SystemExit('no such film')"))
    assert "no such film" in capfd.readouterr().err


def test_ratios_are_to_the_peer() -> None:
    lines = table({"Keras": Cost(8, 4, 100), "ours": Cost(2, 1, 50)}, peer="Keras").splitlines()
    assert lines[-1] == "| ours | 2.00 | 1.00 | 50 | 0.25 | 0.25 | 0.50 |"
