"""What of uvicorn's inside we touch: a new version that changes it fails here, and says what to look at."""

import asyncio
import inspect
from importlib.metadata import version

import pytest
import uvicorn
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from sse_board.processes.tap import Tap
from sse_board.processes.wire import Wire
from sse_board.web.sockets import TAP


async def nothing(scope: object, receive: object, send: object) -> None:
    return


def config() -> uvicorn.Config:
    made = uvicorn.Config(nothing, http=Wire, ws=Tap, lifespan="off", log_config=None)
    made.load()
    return made


@pytest.mark.parametrize(
    ("owner", "names"),
    [
        (
            HttpToolsProtocol,
            {
                "connection_made",
                "connection_lost",
                "data_received",
                "on_message_begin",
                "on_headers_complete",
                "on_body",
                "on_message_complete",
                "handle_websocket_upgrade",
                "send_400_response",
                "_start_asgi_task",
                "_unset_keepalive_if_required",
            },
        ),
        (WebSocketsSansIOProtocol, {"handle_connect", "handle_ping", "pause_writing", "resume_writing"}),
        (uvicorn.Server, {"startup", "shutdown", "serve"}),
    ],
)
def test_what_we_override_or_call_is_there(owner: type, names: set[str]) -> None:
    missing = names - {name for name, _ in inspect.getmembers(owner, callable)}
    assert not missing, f"uvicorn {version('uvicorn')}: {owner.__name__} has no {missing}"


async def test_a_connection_has_what_its_adoption_looks_at() -> None:
    wire = Wire(config=config(), server_state=ServerState(), app_state={})
    assert wire.connections is wire.server_state.connections, "the set that a shutdown walks through"
    assert not wire.pipeline
    assert {"parser", "transport", "flow", "scheme", "cycle"} <= vars(wire).keys()
    flow = FlowControl(asyncio.Transport())
    assert (flow.read_paused, flow.write_paused) == (False, False)


def test_a_request_has_what_its_adoption_looks_at() -> None:
    looked_at = {
        "response_started",
        "response_complete",
        "chunked_encoding",
        "disconnected",
        "more_body",
        "keep_alive",
        "message_event",
        "default_headers",
    }
    source = inspect.getsource(RequestResponseCycle.__init__)
    missing = {name for name in looked_at if f"self.{name} = " not in source and f"self.{name}: " not in source}
    assert not missing, f"uvicorn {version('uvicorn')}: requests have no {missing}"


async def test_what_ends_a_request_leaves_alone_what_was_adopted() -> None:
    """`run_asgi` must take a complete answer for granted, else it would close the socket of the stream."""
    source = inspect.getsource(RequestResponseCycle.run_asgi)
    assert "elif not self.response_complete and not self.disconnected" in source


async def test_a_websocket_has_what_writing_to_its_socket_looks_at() -> None:
    tap = Tap(config=config(), server_state=ServerState(), app_state={})
    assert {"transport", "conn", "response"} <= vars(tap).keys() | {"response"}
    assert not tap.conn.extensions, "compressed messages would need their own bytes for each socket"
    assert TAP not in getattr(tap, "scope", {})
