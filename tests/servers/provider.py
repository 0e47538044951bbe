"""A provider of access by OAuth 2.0 on loopback: a token endpoint (RFC 6749) and introspection (RFC 7662), which does as told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

REFRESH, SECRET, USER = "the refresh token", "the client's secret", "support@shop.example"


@dataclass
class Provider:
    """What it grants, and what it was asked."""

    port: int = 0
    #: Refresh tokens that hold; each serves once where they are rotated.
    grants: set[str] = field(default_factory=lambda: {REFRESH})
    rotates: bool = False
    #: Added to what it says with a token.
    says: dict[str, object] = field(default_factory=lambda: {"expires_in": 3600})
    #: Status and body instead of a token.
    instead: tuple[int, bytes] | None = None
    #: Access tokens that hold.
    tokens: set[str] = field(default_factory=set)
    #: Forms that the token endpoint was sent.
    asked: list[dict[str, str]] = field(default_factory=list)

    @property
    def token_url(self) -> str:
        """Where tokens come from."""
        return f"http://127.0.0.1:{self.port}/token"

    @property
    def introspection(self) -> str:
        """Where a server asks about them."""
        return f"http://127.0.0.1:{self.port}/introspect"

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, bytes]:
        """Status and body."""
        if path == "/introspect":
            known = form.get("token", "") in self.tokens
            return 200, json.dumps({"active": known, "username": USER} if known else {"active": False}).encode()
        self.asked.append(form)
        if self.instead:
            return self.instead
        granted = form.get("refresh_token") in self.grants if form["grant_type"] == "refresh_token" else form.get("client_secret") == SECRET
        if not granted:
            return 400, b'{"error": "invalid_grant", "error_description": "of support@shop.example"}'
        token = f"token-{len(self.asked)}"
        self.tokens.add(token)
        said = {"access_token": token, "token_type": "Bearer", **self.says}
        if self.rotates:
            self.grants = {f"refresh-{len(self.asked)}"}
            said["refresh_token"] = next(iter(self.grants))
        return 200, json.dumps(said).encode()


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that runs until the end of the block."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = dict(parse_qsl(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()))
            status, body = provider.answer(self.path, form)
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.port = server.server_address[1]
    thread = threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
