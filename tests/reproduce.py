"""Exports a bundle of each round of the demonstration, runs its scripts, and compares: `make reproduce`."""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

SIPAS = [sys.executable, "-c", "import sys; from sipas.cli import main; sys.exit(main())"]
RESPONSES = os.environ.get("RESPONSES", "5000")


def main() -> int:
    require_r()
    with tempfile.TemporaryDirectory(prefix="sipas-reproduce-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        environment = {**os.environ, "SIPAS_DATA_DIR": str(folder / "var")}
        environment.pop("SIPAS_DATABASE_URL", None)
        sipas("demo", "--once", "--responses", RESPONSES, "--out", folder / "out", env=environment)
        listed = sipas("round", "list", "--format", "csv", env=environment)
        rounds = [line.partition(",")[0] for line in listed.splitlines()[1:]]
        return max(reproduce(code, folder, environment) for code in rounds)


def require_r() -> None:
    """Install R's `survey` if this user may."""
    if shutil.which("Rscript") and not run(["Rscript", "-e", "library(survey)"]).returncode:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(
            ["apt-get", "install", "--yes", "--no-install-recommends", "r-cran-survey"], check=True
        )
        return
    sys.exit("R's package `survey` is missing; as root: apt-get install r-cran-survey")


def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


def sipas(*arguments: object, env: dict[str, str]) -> str:
    done = run([*SIPAS, *map(str, arguments)], env=env)
    if done.returncode:
        sys.exit(f"sipas {arguments[0]} has failed: {done.stderr}")
    return done.stdout


def reproduce(code: str, folder: Path, environment: dict[str, str]) -> int:
    archive, unpacked = folder / f"{code}.zip", folder / code
    sipas("export", "--round", code, "--lang", "en", "-o", archive, env=environment)
    with zipfile.ZipFile(archive) as bundle:
        bundle.extractall(unpacked)
    expected = (unpacked / "tables/expected.csv").read_text(encoding="utf-8")
    worst = 0
    for command in ([sys.executable, "reproduce.py"], ["Rscript", "reproduce.R"]):
        done = run(command, cwd=unpacked)
        is_same = done.returncode == 0 and done.stdout == expected
        print(f"{code}: {command[-1]}: {done.stderr.strip().splitlines()[-1]}", flush=True)
        if not is_same:
            print(done.stdout[-2000:], done.stderr[-2000:], file=sys.stderr)
            worst = 1
    return worst


if __name__ == "__main__":
    sys.exit(main())
