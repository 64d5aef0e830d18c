"""A page of another origin that frames pages of ours, and what shows through them."""

import asyncio
import base64
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Locator, Page

#: What the page around is painted with: red, green, blue.
AROUND = [200, 30, 220]
_STYLE = (
    f"body {{ background: rgb({','.join(map(str, AROUND))}) }} iframe {{ width: 600px; height: 400px; border: 0 }}"
)
_PIXEL = """async ([png, x, y]) => {
  const image = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
  const drawn = new OffscreenCanvas(image.width, image.height).getContext("2d");
  drawn.drawImage(image, 0, 0);
  return [...drawn.getImageData(x, y, 1, 1).data].slice(0, 3);
}"""


@asynccontextmanager
async def framing(**addresses: str) -> AsyncIterator[str]:
    """The address of a page that frames each of `addresses` by the id it is given."""
    frames = [
        f'<iframe id="{id}" src="{to}" style="color-scheme: light"></iframe>' for id, to in addresses.items()
    ]
    page = f"<!doctype html><title>Elsewhere</title><style>{_STYLE}</style>{''.join(frames)}".encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\n".encode()

    async def answer(reader: StreamReader, writer: StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head + b"Connection: close\r\n\r\n" + page)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://localhost:{server.sockets[0].getsockname()[1]}/"


async def colour_at_left_of(page: Page, part: Locator) -> list[int]:
    """What is painted just inside the left edge of `part`, half way down: red, green, blue."""
    box = await part.bounding_box()
    assert box is not None
    picture = base64.b64encode(await page.screenshot()).decode()
    found: list[int] = await page.evaluate(_PIXEL, [picture, box["x"] + 2, box["y"] + box["height"] / 2])
    return found
