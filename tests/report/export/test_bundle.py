"""A bundle reproduces the round's figures: by sipas from the frame, and by R where it is there."""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from sipas.report.export.build_export import build_export
from sipas.report.export.bundle import write_bundle
from sipas.report.export.exporting import read_export_request
from tests.report.conftest import Reference


async def unpack(reference: Reference, code: str, folder: Path, *options: tuple[str, str]) -> Path:
    request = read_export_request([("round", code), *options])
    snapshot = await reference.rounds.snapshot(code)
    table = build_export(snapshot, request, "en", whole=True)
    path = folder / f"{code}.zip"
    with path.open("wb") as file:
        write_bundle(snapshot, request, table, file, lambda rows: None)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder / code)
    return folder / code


def has_r() -> bool:
    if shutil.which("Rscript") is None:
        return False
    asked = subprocess.run(["Rscript", "-e", "library(survey)"], capture_output=True, check=False)
    return asked.returncode == 0


def run(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "reproduce.py"] if program == "python" else ["Rscript", "reproduce.R"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def require_reproduced(folder: Path) -> None:
    """Both scripts print the figures of the round, line for line."""
    expected = (folder / "tables/expected.csv").read_text(encoding="utf-8")
    for program in ("python", *(["R"] if has_r() else [])):
        done = run(program, folder)
        assert done.returncode == 0, done.stderr + done.stdout
        assert done.stdout == expected


async def test_a_bundle_of_a_part_of_a_round_keeps_the_whole(sipas_round: Reference, tmp_path: Path) -> None:
    folder = await unpack(sipas_round, "reference", tmp_path, ("where", "sex=F"))
    lines = (folder / "tables/expected.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 1 + 5 + 10  # the header, the whole, the factors, the units
    require_reproduced(folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["facts"]["where"] == ["sex=F"]
    assert manifest["facts"]["rows"] == manifest["facts"]["watermark"]["responses"]
    rows = (folder / "data/frame.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "unit,service_channel,field,procedure,transactions"


async def test_a_bundle_of_an_index_tree(household_round: Reference, tmp_path: Path) -> None:
    folder = await unpack(household_round, "households", tmp_path, ("index", "tree"))
    require_reproduced(folder)
    change_first_figure(folder / "tables/expected.csv")
    done = run("python", folder)
    assert (done.returncode, "1 of" in done.stderr) == (1, True)


def change_first_figure(expected: Path) -> None:
    head, first, *rest = expected.read_text(encoding="utf-8").splitlines()
    *kept, estimate, se = first.split(",")
    changed = ",".join([*kept, f"{float(estimate) + 0.0001:.4f}", se])
    expected.write_text("\n".join([head, changed, *rest]) + "\n", encoding="utf-8")


async def test_the_manifest_lists_each_file_with_its_hash(household_round: Reference, tmp_path: Path) -> None:
    folder = await unpack(household_round, "households", tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    listed = {one["name"]: one for one in manifest["files"]}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there == {*listed, "manifest.json"}
    for name, one in listed.items():
        content = (folder / name).read_bytes()
        assert (one["bytes"], one["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert listed["data/responses.sav"]["rows"] == 300
    assert manifest["versions"]["instrument"] == "sipas-2026@1"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_readme_names_every_file(language: str) -> None:
    folder = Path(__file__).parents[3] / "sipas/report/export/bundle_files"
    text = (folder / f"README.{language}.md").read_text(encoding="utf-8")
    for name in ("frame.csv", "measures.csv", "asking.csv", "expected.csv", "codebook.xml", "reproduce.R"):
        assert name in text
