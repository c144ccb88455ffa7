"""Output where nobody listens, where the locale knows ASCII alone, and of any name."""

import io
import json
import os
import subprocess
import sys
import threading

import pytest

from skipwise.commands.output import say, say_json
from skipwise.commands.phases import _told_if_read
from skipwise.commands.terminal import Terminal

ASCII = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def shell(line, cwd, **options):
    line = f"set -o pipefail; {line.replace('skipwise', f'{sys.executable} -m skipwise')}"
    return subprocess.run(["bash", "-c", line], cwd=cwd, capture_output=True, timeout=120, **options)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("skipwise list shortcuts >&-", 141),
        ("skipwise list shortcuts | true", 141),
        ("skipwise show resnet8 >&-", 141),
        ("skipwise list nets >&- 2>&- <&-", 2),
        ("skipwise compare digits plain8 --dry-run >&-", 141),
        ("mkdir gone && cd gone && rmdir ../gone && skipwise list shortcuts", 2),
    ],
)
def test_an_output_or_a_folder_that_is_gone_is_an_exit_code(tmp_path, line, code):
    done = shell(line, tmp_path)
    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    if "gone" in line:
        assert done.stderr.endswith(b"was deleted: change to another one, as with cd.\n")


def test_a_closed_output_that_a_timer_meets_first_is_no_success():
    """Rich's console would go quiet in the thread of a timer, and the command would end as if all had been read."""

    class Closed(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

    terminal = Terminal(file=Closed())
    timer = threading.Thread(target=_told_if_read, args=(terminal.print, "reading the data ..."))
    timer.start()
    timer.join()
    assert not terminal.quiet
    with pytest.raises(BrokenPipeError):
        terminal.print("more")


def test_ascii_is_enough(tmp_path):
    (tmp_path / "été").mkdir()
    done = shell("skipwise compare été plain8", tmp_path, env=ASCII)
    assert done.returncode == 2
    assert done.stderr.startswith(rb"skipwise: \xc3\xa9t\xc3\xa9 holds no files")


def test_json_is_utf_8_and_says_bytes_that_are_not(capsys):
    say_json({"file": "caf\udce9", "label": "été\x1b"})
    said = capsys.readouterr().out
    said.encode("utf-8")
    assert json.loads(said) == {"file": r"caf\xe9", "label": "été\x1b"}
    assert "\x1b" not in said


def test_names_do_not_steer_the_terminal(capsys):
    say("one\n\x1b[31mtwo")
    assert capsys.readouterr().out == "one\n\\x1b[31mtwo\n"
