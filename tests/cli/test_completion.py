"""What the shells complete: bash itself runs the script; zsh and fish where they are installed."""

import os
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAINSTAY = os.environ.get("MAINSTAY_BIN", str(ROOT / "build/release/mainstay"))


def bash(*words):
    """What is offered for the last word."""
    listed = " ".join(f"'{word}'" for word in words)
    script = f"""source <({MAINSTAY} completion bash)
COMP_WORDS=(mainstay {listed}); COMP_CWORD={len(words)}
_mainstay; printf '%s\\n' "${{COMPREPLY[@]}}" """
    done = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize("words, offered", [
    ([""], {"up", "build", "diff", "info", "graph", "down", "access", "cloud", "explain", "completion"}),
    (["ex"], {"explain"}),
    (["access", ""], {"can", "who", "what", "path", "blast", "check", "fetch"}),
    (["access", "can", "--con"], {"--context"}),
    (["cloud", "serve", "--s"], {"--state", "--strict", "--sync"}),
    (["up", "--rec"], {"--recreate-failed"}),
    (["build", "--rec"], {"--recreate-failed"}),
    (["up", "--color", ""], {"auto", "always", "never"}),
    (["access", "check", "p.json", "--kind", "i"], {"identity"}),
    (["graph", "-f", ""], {"dot", "json"}),
    (["completion", "z"], {"zsh"}),
])
def test_bash(words, offered):
    assert offered <= set(bash(*words))


def test_bash_offers_files_where_nothing_else_is_known():
    """An empty offer makes bash complete file names (-o default)."""
    assert bash("up", "") == []
    assert bash("up", "--dump", "--") == []
    assert bash("up", "--zz") == []


def complains(shell, *check):
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    script = subprocess.run([MAINSTAY, "completion", shell], capture_output=True, text=True, check=True).stdout
    return subprocess.run([shell, *check], input=script, capture_output=True, text=True, timeout=60).stderr


def test_zsh_can_read_its_script():
    assert complains("zsh", "-n") == ""


def test_fish_can_read_its_script():
    assert complains("fish", "--no-execute") == ""


def test_fish_completes():
    if not shutil.which("fish"):
        pytest.skip("fish is not installed")
    script = f"{MAINSTAY} completion fish | source; complete -C 'mainstay access '; complete -C 'mainstay up --color '"
    done = subprocess.run(["fish", "-c", script], capture_output=True, text=True, timeout=60, check=True)
    offered = {line.split("\t")[0] for line in done.stdout.splitlines()}
    assert {"can", "who", "always", "never"} <= offered
    assert "up" not in offered


def test_profiles_stacks_and_error_codes_are_offered(tmp_path):
    (tmp_path / "config").write_text("[default]\n[profile prod]\n[profile probe]\n")
    (tmp_path / "c.yml").write_text("namespace: ${ns}\nstacks:\n- {name: web}\n- {name: worker}\n")
    script = f"""source <({MAINSTAY} completion bash)
offered() {{ COMP_WORDS=("{MAINSTAY}" "$@"); COMP_CWORD=$#; _mainstay; echo "${{COMPREPLY[@]}}"; }}
offered up --profile pro; offered up c.yml --stacks w; offered up --stacks w; offered explain ConfigI
"""
    done = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True, timeout=60, check=True,
                          cwd=tmp_path, env={**os.environ, "AWS_CONFIG_FILE": str(tmp_path / "config"),
                                             "AWS_SHARED_CREDENTIALS_FILE": "/nowhere"})
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["probe prod", "web worker", "", "ConfigInvalid"]
