"""The floors of the house hold, and every contract that says so can break."""

import ast
import importlib
import pkgutil
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import detector
from tests.conftest import ROOT

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
SOURCES = sorted((ROOT / "detector").rglob("*.py"))
PUBLIC = [path for path in SOURCES if "training" not in path.parts and path.name != "__main__.py"]

# For each contract, a line in a module that must break it.
VIOLATIONS = {
    "floors": ("batch.py", "from detector.policy import Policy"),
    "no signal imports a sibling": ("signals/oscillation.py", "from detector.signals.bare_link import bare_link"),
    "judging needs nothing that training needs": ("features.py", "def f():\n    import sklearn"),
    "the core knows no terminal": ("features.py", "import rich"),
}

HEAVY = (
    "numpy",
    "sklearn",
    "scipy",
    "torch",
    "ray",
    "pyspark",
    "onnxruntime",
    "textstat",
    "rich",
    "orjson",
    "wordfreq",
)


def _lint(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603 - our own


def _copy(folder: Path) -> Path:
    shutil.copytree(ROOT / "detector", folder / "detector", ignore=shutil.ignore_patterns("__pycache__", "_models"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_contracts_hold(tmp_path: Path) -> None:
    done = _lint(_copy(tmp_path))
    assert done.returncode == 0, done.stdout


def test_every_contract_is_tested_for_breaking() -> None:
    assert {c["name"] for c in CONTRACTS} == set(VIOLATIONS)


@pytest.mark.parametrize("name", list(VIOLATIONS))
def test_a_contract_can_break(name: str, tmp_path: Path) -> None:
    file, line = VIOLATIONS[name]
    path = _copy(tmp_path) / "detector" / file
    path.write_text(path.read_text("utf-8") + f"\n{line}\n", "utf-8")
    done = _lint(tmp_path)
    assert done.returncode != 0
    assert f"{name} BROKEN" in done.stdout


def test_a_module_on_no_floor_breaks_the_floors(tmp_path: Path) -> None:
    (_copy(tmp_path) / "detector" / "utils.py").write_text("", "utf-8")
    assert "floors BROKEN" in _lint(tmp_path).stdout


def _loaded_by(statement: str, *modules: str) -> list[str]:
    code = f"import sys; {statement}; print(*(m for m in {modules!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own
    return done.stdout.split()


def test_import_detector_loads_nothing_heavy() -> None:
    assert _loaded_by("import detector", *HEAVY) == []


def test_help_loads_no_numpy() -> None:
    statement = "import contextlib, io; from detector.cli import app\nwith contextlib.redirect_stdout(io.StringIO()):\n"
    statement += "    try: app(['--help'])\n    except SystemExit: pass\n"
    heavy = [m for m in HEAVY if m != "orjson"]  # it loads in a blink
    code = f"import sys\n{statement}print(*(m for m in {heavy!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own
    assert done.stdout.split() == []


def test_judging_loads_no_training_library(toy_model: Path) -> None:
    statement = "from pathlib import Path; from detector import Detector; "
    statement += f"Detector(deep='never', model=Path({str(toy_model)!r})).judge('The cat sat on the mat.')"
    assert _loaded_by(statement, "sklearn", "scipy", "torch", "wordfreq", "textstat", "rich", "pandas") == []


def test_the_package_offers_what_it_says() -> None:
    for name in detector.__all__:
        assert getattr(detector, name).__name__ == name
    assert set(detector.__all__) <= set(dir(detector))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        detector.nothing  # noqa: B018


@pytest.mark.parametrize("path", PUBLIC, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_module_lists_its_public_names_and_they_exist(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    listed = [n for n in tree.body if isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == "__all__"]
    defines = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef) and not n.name.startswith("_")]
    if not listed:
        assert not defines
        return
    names = ast.literal_eval(listed[0].value)
    assert len(names) == len(set(names))
    dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    try:
        module = importlib.import_module(dotted)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("detector"):
            raise
        pytest.skip(f"{dotted} needs {error.name}, which an extra brings")
    assert [n for n in names if not hasattr(module, n)] == []


def test_no_module_is_called_by_what_it_is_not() -> None:
    banned = {"utils", "common", "base", "helpers", "types"}
    assert [m.name for m in pkgutil.walk_packages(detector.__path__) if m.name.rsplit(".")[-1] in banned] == []


def test_nothing_in_the_core_prints() -> None:
    rim = {"cli", "training"}
    loud = [
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if not rim & set(path.relative_to(ROOT / "detector").parts)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]
    assert loud == []
