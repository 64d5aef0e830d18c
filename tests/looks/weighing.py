"""What a page costs over the wire: bytes with headers, as compressed as they came."""

from typing import Any

from playwright.async_api import CDPSession

#: What a page is made of. What its script asks for is news, of which there is more the longer one looks.
MADE_OF = ("Document", "Stylesheet", "Script", "Image", "Font", "Media")


class Scales:
    def __init__(self, devtools: CDPSession) -> None:
        self._devtools = devtools
        self._addresses: dict[str, str] = {}
        self.bytes: dict[str, int] = {}

    async def begin(self) -> None:
        self._devtools.on("Network.responseReceived", self._answered)
        self._devtools.on("Network.loadingFinished", self._finished)
        await self._devtools.send("Network.enable")

    def _answered(self, event: dict[str, Any]) -> None:
        if event["type"] in MADE_OF:
            self._addresses[event["requestId"]] = event["response"]["url"]

    def _finished(self, event: dict[str, Any]) -> None:
        if address := self._addresses.get(event["requestId"]):
            self.bytes[address] = self.bytes.get(address, 0) + int(event["encodedDataLength"])
