"""What is secret is on no line of the log."""

from collections.abc import Iterator

import psycopg
import pytest

from sse_board.settings import load_settings
from tests.security.conftest import PLENTY
from tests.security.logs import log_of
from tests.support.clients import Api, Player, data_of
from tests.support.servers import Runner, StoreHouse, Stores, WebServer
from tests.support.sockets import connected
from tests.support.streams import listening
from tests.support.wire import exchange

MARK = "h4cked"


@pytest.fixture(scope="module")
def talkative(
    store_house: StoreHouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[WebServer, Stores]]:
    """A server that logs all that it would ever log."""
    stores, runner = store_house.fresh(), Runner(tmp_path_factory.mktemp("talkative"))
    yield runner.serve(stores, LOG_LEVEL="DEBUG", **PLENTY), stores
    runner.close()
    store_house.drop(stores)


async def test_no_secret_is_ever_logged(talkative: tuple[WebServer, Stores]) -> None:
    """A session of everything, its mistakes included."""
    server, stores = talkative
    secrets = [f"password-{MARK}", f"wrong-{MARK}", f"new-password-{MARK}"]
    keys = load_settings(stores.environment)
    secrets += [
        part.partition(":")[2] for name in ("JWT_KEYS", "ACTION_KEYS") for part in [stores.environment[name]]
    ]
    secrets += [key.secret.hex() for key in (*keys.jwt_keys, *keys.action_keys)]
    person = {"username": "Careful Person", "email": "careful@example.org", "password": secrets[0]}
    login = {"username": "Careful Person", "password": secrets[0]}
    async with Api(server.url) as api:
        data = data_of(await api.http.post("/api/v1/auth/register", json=person), 201)
        player = Player(api, data)
        secrets += [player.token, data["refreshToken"], data["actionKey"]["secret"], player.sign(b"{")]
        await api.http.post("/api/v1/auth/login", json={**login, "password": secrets[1]})
        await api.http.post("/api/v1/auth/login", json={**login, "more": secrets[1], "username": 5})
        await api.http.post("/api/v1/auth/login", content=f'{{"password": "{secrets[1]}"'.encode())
        page = await api.http.post("/login", data=login)
        secrets += [cookie.split("=")[1].split(";")[0] for cookie in page.headers.get_list("set-cookie")]
        await api.http.get("/", headers={"Accept": "text/html"})
        api.http.cookies.clear()
        stream_token = data_of(await player.request("POST", "/api/v1/auth/stream-token"))["streamToken"]
        secrets.append(stream_token)
        for token in (stream_token, player.token, secrets[1]):
            query = {"channels": "user:me:score", "token": token}
            await api.http.get("/api/v1/events", params=query)
            await api.http.get("/api/v1/nothing", params=query)
            exchange(server.url, f"GET /?token={token} HTTP/9\r\nX: {token}\r\n\r\n".encode())
            await api.http.get("/api/v1/auth/me", headers={"Authorization": f"Basic {token}"})
        async with listening(server.url, "leaderboard:overall", url_token=stream_token) as stream:
            await stream.until_type("leaderboard.update")
        async with listening(server.url, "leaderboard:overall") as stream:
            greeting = (await stream.until_type("connected")).json
            secrets.append(greeting["sessionSecret"])
            change = {name: greeting[name] for name in ("sessionId", "sessionSecret")}
            await api.http.post("/api/ws/subscribe", json={**change, "channels": ["system"]})
        async with connected(server.url) as socket:
            for token in (secrets[1], player.token):
                await socket.say(action="auth", token=token)
            await socket.until_type("connected", 2)
        await player.act("task_finish")
        await player.act("nothing of the kind")
        await api.http.post(
            "/api/v1/scores/action", content=b"{", headers={**player.bearer, "X-Action-Signature": "x"}
        )
        new = data_of(await player.request("POST", "/api/v1/auth/action-key"))["actionKey"]
        secrets.append(new["secret"])
        data_of(await player.request("PATCH", "/api/v1/auth/me", {"password": secrets[2]}))
        for _ in range(2):
            renewed = await api.http.post("/api/v1/auth/refresh", json={"refreshToken": data["refreshToken"]})
        secrets.append(data_of(renewed)["accessToken"])
        await player.request("POST", "/api/v1/auth/logout")
        secrets += logged_signatures(stores)
    assert all(len(secret) >= 12 for secret in secrets)
    assert len([line for line in log_of(server) if line["event"] == "request"]) > 20
    log = server.log_text()
    assert [secret for secret in secrets if secret in log or secret.rpartition(".")[2] in log] == []


def logged_signatures(stores: Stores) -> list[str]:
    with psycopg.connect(stores.database_url) as connection:
        return [row[0] for row in connection.execute("select signature from actions").fetchall()]
