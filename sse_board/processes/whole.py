"""uvicorn's way to send an answer, shortened for those that are whole and whose headers are known to be good."""

from weakref import ref

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle


def send_whole(request: "ref[RequestResponseCycle]", status: int, lines: bytes, body: bytes) -> bool:
    """One write instead of two, and no look at each header; False where only the ordinary way does.

    That is where the connection is to be closed behind the answer, or cannot take it now. A weak reference: else
    each request, whose scope has this function, would keep itself.
    """
    cycle = request()
    if (
        cycle is None
        or cycle.response_started
        or cycle.disconnected
        or not cycle.keep_alive
        or cycle.flow.write_paused
    ):
        return False
    default = cycle.default_headers
    if any(name == b"connection" for name, _ in default):
        return False
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    ours = b"".join([b"%b: %b\r\n" % header for header in default])
    cycle.transport.write(b"%b%b%b\r\n%b" % (STATUS_LINE[status], ours, lines, body))
    cycle.message_event.set()
    cycle.on_response()
    return True
