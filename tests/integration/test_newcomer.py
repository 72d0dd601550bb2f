"""What somebody meets who starts the suite for the first time, again, or on a machine that is not ready."""

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import ROOT
from tests.support.suite_process import SuiteProcess


@pytest.fixture
def small(tmp_path: Path) -> SuiteProcess:
    return SuiteProcess(tmp_path / "data", sample=False)


def test_starting_again_keeps_the_data_and_ctrl_c_stops_cleanly(small: SuiteProcess) -> None:
    small.start()
    try:
        filed = small.post(
            "/reconsideration/cases",
            {"case_number": "杭政复〔2022〕1号", "organ_region": "杭锦旗", "received_on": "2022-03-01"},
        )
        assert filed.status_code == 201
        assert small.stop(signal.SIGINT) == 0

        small.start()
        assert small.get(filed.headers["Location"]).json()["case_number"] == "杭政复〔2022〕1号"
        assert small.stop(signal.SIGTERM) == 0
    finally:
        small.kill()
    assert small.printed().count("已停止") == 2
    assert not _brokers(small.folder)


def test_a_killed_suite_leaves_no_broker_and_starts_again(small: SuiteProcess) -> None:
    small.start()
    small.kill()
    try:
        small.start()
        assert len(_brokers(small.folder)) == 1
    finally:
        small.stop()


def _brokers(folder: Path) -> list[str]:
    """Command lines of nats-servers on this folder's store."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = process.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if "nats-server" in command and str(folder) in command:
            found.append(command)
    return found


def test_a_taken_port_is_one_plain_sentence(small: SuiteProcess) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = small.command("up", "--port", str(taken.getsockname()[1]))

    assert answer.returncode == 1
    assert "端口" in answer.stderr
    assert "--port" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_folder_that_cannot_be_written_is_one_plain_sentence(small: SuiteProcess, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")

    answer = small.command("up", "--port", str(small.port), "--data", str(tmp_path / "file" / "data"))

    assert answer.returncode == 1
    assert "不能写入" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_folder_in_use_is_one_plain_sentence(small: SuiteProcess) -> None:
    small.start()
    try:
        answer = SuiteProcess(small.folder, sample=False).command("up", "--port", str(small.port + 1))
    finally:
        small.stop()

    assert answer.returncode == 1
    assert "另一个定分进程" in answer.stderr


def test_only_loopback_is_listened_to(small: SuiteProcess) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "services.cli", "up", "--port", str(small.port)],
        cwd=ROOT,
        env={**small.environment, "DINGFEN_HOST": "0.0.0.0"},
        capture_output=True,
        encoding="utf-8",
    )

    assert answer.returncode == 1
    assert "只能监听本机" in answer.stderr


def test_commands_without_a_suite_say_what_to_start(small: SuiteProcess) -> None:
    answer = small.command("rates", "--region", "150625", "--period", "2022")

    assert answer.returncode == 1
    assert "make run" in answer.stderr


def test_wrong_usage_is_status_2(small: SuiteProcess) -> None:
    assert small.command("import", "no-such-kind", "x.csv").returncode == 2
    assert small.command("rates", "--region", "150625").returncode == 2


def test_help_is_chinese_and_english_on_request(small: SuiteProcess) -> None:
    assert "导入台账" in small.command("--help").stdout
    english = small.command("--lang", "en", "--help").stdout
    assert "import a ledger" in english
    assert re.search(r"[\u4e00-\u9fff]", english) is None


def test_deadlines_and_templates_need_nothing_running(small: SuiteProcess) -> None:
    found = small.json("deadline", "--from", "2024-02-07", "--days", "5", "--unit", "working_day")
    back = small.json("deadline", "--from", "2024-02-20", "--days", "-5", "--unit", "working_day")
    template = small.command("template", "litigation").stdout

    assert (found["due_on"], found["provisional"]) == ("2024-02-20", False)
    assert "春节" in found["explanation"] or "放假" in found["explanation"]
    assert back["due_on"] == "2024-02-07"
    assert template.splitlines()[0].startswith('\ufeff"case_number"')
    assert "案号" in template.splitlines()[1]
