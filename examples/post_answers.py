"""Enrol a kiosk over HTTP and post submissions, as the kiosk app does.

Start a service, make a code, and give both to this script:

    make demo
    .venv/bin/sipas kiosk enrol --unit 00070
    SIPAS_CODE=… .venv/bin/python examples/post_answers.py
"""

# %% Trade the one-time code for a token. Store the token: the code works once.
import os
import secrets
import time
import uuid
from datetime import datetime, timedelta, timezone

import httpx

service = httpx.Client(base_url=os.environ.get("SIPAS_PUBLIC_URL", "http://127.0.0.1:8000"))
enrolled = service.post("/api/kiosk/enrol", json={"code": os.environ["SIPAS_CODE"]}).raise_for_status().json()
service.headers["authorization"] = f"Bearer {enrolled['token']}"
print("kiosk", enrolled["kiosk"], "in unit", enrolled["unit"])

# %% Ask what to ask: the instrument, and the form of this channel.
config = service.get("/api/kiosk/config").raise_for_status().json()
form = config["form"]
asked = [item for step in form["steps"] for item in step["items"][: step["draw"]]]
print(config["instrument"]["name"], "asks", asked)

# %% Make a submission. The client makes the id, a UUID of version 7, when the survey starts.
VIETNAM = timezone(timedelta(hours=7))


def new_id() -> str:
    """Return a UUID of version 7: 48 bits of time, then random bits."""
    random = secrets.randbits(74)
    upper, lower = random >> 62, random & (2**62 - 1)
    return str(uuid.UUID(int=time.time_ns() // 10**6 << 80 | 7 << 76 | upper << 64 | 2 << 62 | lower))


def submission(sequence: int, points: int) -> dict[str, object]:
    now = datetime.now(VIETNAM)
    return {
        "id": new_id(),
        "instrument": config["instrument"]["name"],
        "form": form["id"],
        "channel": config["channel"],
        "unit": config["unit"]["code"],
        "service_channel": config["service_channel"],
        "started_at": (now - timedelta(seconds=40)).isoformat(),
        "submitted_at": now.isoformat(),
        "language": "vi",
        "complete": True,
        "sequence": sequence,
        "answers": dict.fromkeys(asked, points),
    }


# %% Post it. The service answers when the submissions are stored durably.
batch = [submission(1, 5), submission(2, 4)]
for _ in range(2):  # after a lost answer, post the same batch again: nothing counts twice
    results = service.post("/api/submissions", json=batch).raise_for_status().json()["results"]
    print([result["status"] for result in results])
