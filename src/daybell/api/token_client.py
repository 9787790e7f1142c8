"""How is the app asked where there are no unix sockets? Through its TCP door, once it has shown who it is."""

import hmac
import http.client
import json
import os
from pathlib import Path

from daybell.api.client import ApiError, Client, NotRunning
from daybell.api.endpoint import HELLO, HOST, Endpoint, LooseEndpoint, proof, read_endpoint

LONGEST = 4096
"""Bytes of an answer to hello; ours has a hundred."""


class TokenClient(Client):
    """Shows its token to nobody who has not proved that they hold it too."""

    def __init__(self, endpoint: Path) -> None:
        super().__init__(endpoint)
        self._file = endpoint
        self._endpoint: Endpoint | None = None

    def _connection(self, timeout: float) -> http.client.HTTPConnection:
        self._endpoint = self._read()
        return http.client.HTTPConnection(HOST, self._endpoint.port, timeout=timeout)

    def _introduce(self, connection: http.client.HTTPConnection) -> dict[str, str]:
        endpoint = self._endpoint or self._read()
        try:
            connection.connect()
        except ConnectionRefusedError as error:
            raise NotRunning("Daybell is not running") from error
        # What was proved holds for this connection; a second one might lead to somebody else.
        connection.auto_open = 0
        nonce = os.urandom(32).hex()
        connection.request(
            "POST", HELLO, json.dumps({"nonce": nonce}), headers={"Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        content = answer.read(LONGEST)
        if answer.status == http.client.TOO_MANY_REQUESTS:
            raise ApiError("busy", "Daybell was asked too often; wait a minute", status=answer.status)
        if answer.status >= http.client.INTERNAL_SERVER_ERROR:
            raise ApiError("no_answer", f"Daybell answered {answer.status}", status=answer.status)
        if not hmac.compare_digest(_proof_in(content).encode(), proof(endpoint.token, nonce).encode()):
            raise ApiError("not_permitted", f"what answers at port {endpoint.port} is not your Daybell")
        return {"Authorization": f"Bearer {endpoint.token}", "Content-Type": "application/json"}

    def _read(self) -> Endpoint:
        try:
            endpoint = read_endpoint(self._file)
        except (OSError, LooseEndpoint) as error:
            raise ApiError("not_permitted", str(error)) from error
        if endpoint is None:
            raise NotRunning("Daybell is not running")
        return endpoint


def _proof_in(content: bytes) -> str:
    """Whatever they claim it is."""
    try:
        answer = json.loads(content)
    except ValueError:
        return ""
    return str(answer.get("proof", "")) if isinstance(answer, dict) else ""
