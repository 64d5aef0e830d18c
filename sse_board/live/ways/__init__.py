"""The ways to listen: streams, WebSockets, polls."""
