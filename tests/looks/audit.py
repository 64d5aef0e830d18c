"""`make audit`: Lighthouse on the pages that most people see, three times each, for its figures move."""

import asyncio
import json
import os
import sys
from statistics import median

from sse_board import ROOT
from tests.looks.stage import stage
from tests.support.browsers import CHROMIUM

LIGHTHOUSE = ROOT / "tests" / "looks" / "lighthouse" / "node_modules" / ".bin" / "lighthouse"
PATHS = ("/", "/boards/scoreboard", "/tournaments")
ROUNDS = 3
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
#: Of a hundred. Performance depends on the machine and is only told.
LEAST = {"accessibility": 95, "best-practices": 95}
#: One audit, on a busy machine: seconds.
PATIENCE = 180
#: A page that follows a stream never stops loading: milliseconds after which it is looked at.
LOADED = 15_000
FLAGS = "--headless=new --no-sandbox --disable-background-networking"


async def audit(url: str) -> dict[str, float]:
    """Points by category; what was found wrong is printed."""
    node, only = ROOT / ".venv" / "bin" / "node", f"--only-categories={','.join(CATEGORIES)}"
    how = ["--quiet", "--output=json", f"--max-wait-for-load={LOADED}", f"--chrome-flags={FLAGS}"]
    command = [str(node), str(LIGHTHOUSE), url, only, *how]
    environment = {**os.environ, "CHROME_PATH": CHROMIUM}
    ran = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, env=environment, limit=2**26
    )
    output, _ = await asyncio.wait_for(ran.communicate(), PATIENCE)
    report = json.loads(output)
    for name, one in report["audits"].items():
        if one.get("score") == 0 and one["scoreDisplayMode"] == "binary":
            print(f"    {name}: {one['title']}")
    return {name: 100 * report["categories"][name]["score"] for name in CATEGORIES}


async def main() -> int:
    failed = False
    async with stage() as onlooker:
        for path in PATHS:
            print(path)
            rounds = [await audit(onlooker.showcase.url + path) for _ in range(ROUNDS)]
            points = {name: median(one[name] for one in rounds) for name in CATEGORIES}
            print("   ", ", ".join(f"{name} {value:.0f}" for name, value in points.items()))
            failed |= any(points[name] < least for name, least in LEAST.items())
    return int(failed)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
