"""The wheel carries what the code reads, and no other distribution owns our top-level names."""

from __future__ import annotations

import ast
import configparser
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFIG = configparser.ConfigParser()
CONFIG.read(ROOT / "setup.cfg")
PACKAGES = CONFIG["options"]["packages"].split()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the tree, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "tree"
    kept = {package.split(".")[0] for package in PACKAGES}
    for name in (*kept, "setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        origin = ROOT / name
        if origin.is_dir():
            shutil.copytree(origin, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            copy.mkdir(exist_ok=True)
            shutil.copy(origin, copy / name)
    build = "import setuptools.build_meta as b, sys; print(b.build_wheel(sys.argv[1]))"
    made = subprocess.run(
        [sys.executable, "-c", build, str(folder)], cwd=copy, capture_output=True, text=True, check=True
    )
    return folder / made.stdout.strip().splitlines()[-1]


def test_wheel__carries_every_file_of_its_packages(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        path.relative_to(ROOT).as_posix()
        for package in {name.split(".")[0] for name in PACKAGES}
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert sorted(expected - inside) == []


def test_wheel__works_outside_the_tree(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    # -S -P keep the editable install and the working directory out; the dependencies come by path
    dependencies = [entry for entry in sys.path if entry.endswith("site-packages")]
    program = (
        f"import sys; sys.path[:0] = [{str(tmp_path / 'site')!r}]; sys.path += {dependencies!r}\n"
        "from transforms.rates import load_profile\n"
        "import grapevine.cli, transforms.rates\n"
        "print(transforms.rates.__file__, load_profile('dr2013').name)"
    )
    done = subprocess.run([sys.executable, "-S", "-P", "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"{tmp_path / 'site' / 'transforms' / 'rates.py'} dr2013"


@pytest.mark.parametrize("name", sorted({package.split(".")[0] for package in PACKAGES}))
def test_top_level_names__have_one_owner(name: str) -> None:
    owners = set(packages_distributions().get(name, [])) | {CONFIG["metadata"]["name"]}
    assert owners == {CONFIG["metadata"]["name"]}


def test_requirements__name_every_import() -> None:
    distributions = packages_distributions()
    lists = (CONFIG["options"]["install_requires"], CONFIG["options.extras_require"]["airflow"])
    required = {_plain(re.split(r"[<>=]", line)[0]) for lines in lists for line in lines.split()}
    rooms = {name.split(".")[0] for name in PACKAGES}
    unnamed = {
        f"{module} in {path.relative_to(ROOT)}"
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        for module in _imported(path) - rooms - sys.stdlib_module_names
        if required.isdisjoint(map(_plain, distributions.get(module, ["?"])))
    }
    assert unnamed == set()


def _plain(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found
