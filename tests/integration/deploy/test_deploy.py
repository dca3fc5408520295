"""What lies in deploy/ names only files, settings and commands that there are, and runs with as few rights as it says.

No container is built here; what its steps do is done by hand: code that cannot be written, no $HOME, a user without
rights.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.processes import free_port, wait_until

from amends.cli.main import _COMMANDS

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
on_debian = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def _instructions() -> list[tuple[str, str]]:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in lines if line.strip()]


def _compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return found


def test_every_setting_that_is_named_is_one() -> None:
    """In docs/reference/settings.md, itself or without _FILE."""
    told = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    known = set(re.findall(r"\| `(AMENDS_\w+)`", told))
    files = set(re.findall(r"\| `(AMENDS_\w+)`, `…_FILE`", told))
    assert {"AMENDS_HOME", "AMENDS_UPLOAD_LIMIT"} <= known
    named = set()
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            named |= set(re.findall(r"\bAMENDS_[A-Z_]+\b", path.read_text(encoding="utf-8")))
    assert len(named) > 5
    assert {name for name in named if name not in known and name.removesuffix("_FILE") not in files} == set()


def test_every_command_that_is_run_is_one() -> None:
    units = [path.read_text(encoding="utf-8") for path in UNITS]
    run = {verb for text in units for verb in re.findall(r"/opt/amends/bin/amends (\w+)", text)}
    services = _compose()["services"]
    run |= {services[name]["command"][0] for name in services if name != "database"}
    assert {"serve", "web", "worker", "poll", "backup"} == run
    assert run <= set(_COMMANDS)


def test_each_part_runs_once_and_none_beside_the_whole() -> None:
    """Pages, jobs and mailboxes: compose has each, and the units of the parts stop that of the whole."""
    commands = {name: service["command"][0] for name, service in _compose()["services"].items() if "command" in service}
    assert commands == {"web": "web", "worker": "worker", "poll": "poll"}
    for part in commands.values():
        unit = (DEPLOY / "systemd" / f"amends-{part}.service").read_text(encoding="utf-8")
        assert re.search(rf"^ExecStart=/opt/amends/bin/amends {part}\b", unit, re.MULTILINE)
        assert "\nConflicts=amends.service\n" in unit


# -- the image ----------------------------------------------------------------------------------------------------


def test_the_image_copies_what_there_is_and_the_builder_sees_it() -> None:
    ignore = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignore[1] == "*", "all is left out but what is named"
    copied = [words.split() for verb, words in _instructions() if verb == "COPY" and "--from" not in words]
    sources = [[word for word in words if not word.startswith("--")][:-1] for words in copied]
    assert sources
    for source in (one for each in sources for one in each):
        assert (ROOT / source).exists(), source
        assert f"!{source}" in ignore


def test_the_image_installs_by_hash_and_runs_as_nobody() -> None:
    steps = _instructions()
    installs = [words for verb, words in steps if verb == "RUN" and "pip install" in words]
    assert installs
    assert all("--require-hashes" in words and "-r requirements/run.txt" in words for words in installs)
    verbs = [verb for verb, _ in steps]
    assert verbs.count("FROM") == 2
    final = steps[len(verbs) - verbs[::-1].index("FROM") - 1 :]
    said = {verb: words for verb, words in final if verb != "RUN"}
    user, _, group = said["USER"].partition(":")
    assert (user, group) == ("10001", "10001")
    assert said["VOLUME"] == '["/data"]'
    assert "AMENDS_HOME=/data/home" in said["ENV"], "restore cannot replace a mount point: the home is a folder in it"
    assert "/healthz" in said["HEALTHCHECK"]
    assert json.loads(said["ENTRYPOINT"]) == ["amends"]
    assert json.loads(said["CMD"])[0] == "serve"
    assert all(verb != "ADD" for verb in verbs)
    assert "python3.13" in next(words for verb, words in steps if "site-packages" in words)
    assert all("python:3.13-" in words for verb, words in steps if verb == "FROM")


def test_services_have_no_rights_that_they_do_not_need() -> None:
    services = _compose()["services"]
    for name in ("web", "worker", "poll"):
        one = services[name]
        assert one["read_only"] is True
        assert one["cap_drop"] == ["ALL"]
        assert one["security_opt"] == ["no-new-privileges:true"]
        assert one["volumes"] == ["home:/data"]
        assert one["depends_on"]["database"]["condition"] == "service_healthy"
        assert not any("PASSWORD" in key or key == "AMENDS_SECRET_KEY" for key in one["environment"])
    assert [port for one in services.values() for port in one.get("ports", [])] == ["127.0.0.1:8000:8000"]
    assert services["database"]["networks"] == ["inside"]
    assert _compose()["networks"]["inside"]["internal"] is True


def test_secrets_are_files_that_are_made_once_and_kept_out_of_git(tmp_path: Path) -> None:
    place = Path(shutil.copytree(DEPLOY / "secrets", tmp_path / "secrets"))
    for _ in range(2):
        done = subprocess.run(["/bin/sh", str(place / "make.sh")], capture_output=True, text=True, check=False)  # noqa: S603
        assert done.returncode == 0, done.stderr
    made = {name: (place / name).read_text(encoding="ascii").rstrip() for name in ("secret_key", "database_password")}
    assert [len(value) for value in made.values()] == [48, 48]
    url = f"postgresql://amends:{made['database_password']}@database/amends\n"
    assert (place / "database_url").read_text(encoding="ascii") == url
    wanted = {Path(secret["file"]).name for secret in _compose()["secrets"].values()}
    assert wanted == {"secret_key", "database_password", "database_url"}
    for name in wanted:
        assert stat.S_IMODE((place / name).stat().st_mode) == 0o600
    before = made["secret_key"]
    subprocess.run(["/bin/sh", str(place / "make.sh")], capture_output=True, check=True)  # noqa: S603
    assert (place / "secret_key").read_text(encoding="ascii").rstrip() == before
    assert (DEPLOY / "secrets" / ".gitignore").read_text(encoding="ascii").splitlines()[0] == "*"


# -- systemd ------------------------------------------------------------------------------------------------------


@on_debian
def test_units_are_sound_and_hardened(tmp_path: Path) -> None:
    for path in sorted((DEPLOY / "systemd").glob("*.[st]*")):
        if path.suffix in {".service", ".timer"}:  # the command is not installed here
            text = path.read_text(encoding="utf-8").replace("/opt/amends/bin/amends", "/bin/true")
            (tmp_path / path.name).write_text(text, encoding="utf-8")
    names = sorted(str(path) for path in tmp_path.iterdir())
    assert len(names) == 6
    verified = subprocess.run(  # noqa: S603
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *names],  # noqa: S607
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (verified.returncode, verified.stderr) == (0, "")
    for name in names:
        if name.endswith(".service"):
            judged = subprocess.run(  # noqa: S603
                ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", name],  # noqa: S607
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert judged.returncode == 0, judged.stdout[-300:] + judged.stderr


def test_units_and_the_command_line_agree_on_settings() -> None:
    for path in UNITS:
        text = path.read_text(encoding="utf-8")
        for line in ("User=amends", "EnvironmentFile=/etc/amends/amends.env", "NoNewPrivileges=yes",
                     "ProtectSystem=strict", "CapabilityBoundingSet=\n"):  # fmt: skip
            assert line in text, f"{path.name}: {line}"
    said = (DEPLOY / "systemd" / "amends.env").read_text(encoding="utf-8")
    home = re.search(r"^AMENDS_HOME=(.*)$", said, re.MULTILINE)
    assert home
    assert home.group(1) == "/var/lib/amends/home", "a folder in the state directory, which restore could not replace"
    checked = subprocess.run(["/bin/sh", "-n", str(DEPLOY / "systemd" / "amends-cli")], check=False)  # noqa: S603
    assert checked.returncode == 0


# -- proxies ------------------------------------------------------------------------------------------------------


def test_proxies_hand_on_no_header_that_a_client_made_up_and_allow_what_amends_does() -> None:
    nginx = (DEPLOY / "nginx" / "amends.conf").read_text(encoding="utf-8")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in nginx
    assert "$proxy_add_x_forwarded_for" not in nginx
    assert "upgrade" not in nginx.lower()
    assert nginx.count("{") == nginx.count("}")
    from django.conf import settings

    gigabytes = settings.UPLOAD_LIMIT // 10**9
    assert f"client_max_body_size {gigabytes}g;" in nginx
    assert f"max_size {gigabytes}GB" in (DEPLOY / "caddy" / "Caddyfile").read_text(encoding="utf-8")


# -- with few rights ----------------------------------------------------------------------------------------------

NOBODY = 65534


def _may_run_python() -> bool:
    """Whether we may become somebody without rights, who may then run this Python."""
    try:
        subprocess.run([sys.executable, "-c", ""], user=NOBODY, check=True)
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True


@pytest.mark.skipif(not _may_run_python(), reason="needs root, and a Python that a user without rights may run")
def test_it_serves_backs_up_and_restores_with_few_rights(tmp_path_factory: pytest.TempPathFactory) -> None:
    """As in the container: code that cannot be written, one volume, no $HOME, a user without rights."""
    top = tmp_path_factory.mktemp("container")
    for folder in (top, *top.parents[:-1]):
        with suppress(PermissionError):
            folder.chmod(folder.stat().st_mode | 0o055)
    code, volume = top / "code", top / "data"
    shutil.copytree(ROOT / "src" / "amends", code / "amends", ignore=shutil.ignore_patterns("__pycache__"))
    for path in [code, *code.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    volume.mkdir(mode=0o700)
    os.chown(volume, NOBODY, NOBODY)
    (top / "secret_key").write_text(
        "a key of sixty signs, that stands in a file and in nobody's home", encoding="ascii"
    )
    port = free_port()
    settings = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(code), "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1",
        "AMENDS_HOME": str(volume / "home"), "AMENDS_SECRET_KEY_FILE": str(top / "secret_key"),
        "AMENDS_URL": "https://amends.example.com", "AMENDS_BEHIND_PROXY": "1", "AMENDS_MODEL": "off",
    }  # fmt: skip
    command = [sys.executable, "-W", "error", "-m", "amends.cli.main"]
    asked: dict[str, Any] = {
        "env": settings,
        "cwd": "/",
        "user": NOBODY,
        "group": NOBODY,
        "extra_groups": [],
        "text": True,
    }

    def run(*words: str) -> str:
        done = subprocess.run([*command, *words], capture_output=True, timeout=120, check=False, **asked)  # noqa: S603
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    pipes: dict[str, Any] = {**asked, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*command, "web", "--port", str(port)], **pipes) as process:  # noqa: S603
        try:
            wait_until(lambda: _healthy(port) or process.poll() is not None, seconds=90)
            assert process.poll() is None
            assert process.stdout
            assert process.stdout.readline().startswith("Make yourself the administrator here")
        finally:
            process.terminate()
    run("backup", str(volume / "kept.zip"))
    run("restore", str(volume / "kept.zip"))
    assert json.loads(run("verify", "--json"))["whole"]
    assert not (volume / "home" / "secret.key").exists()
    assert not list(code.rglob("__pycache__"))


def _healthy(port: int) -> bool:
    """As the container's health check asks: without TLS, although the site is on https."""
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
        return bool(answer.read() == b"ok\n")
    return False
