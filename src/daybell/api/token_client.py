"""How is the app asked where there are no unix sockets? Through its TCP door, once it has shown who it is."""

import hmac
import json
import os
import socket
from pathlib import Path

from daybell.api.client import ApiError, Client, NotRunning
from daybell.api.conversation import Conversation
from daybell.api.endpoint import HELLO, HOST, Endpoint, LooseEndpoint, proof, read_endpoint

LONGEST = 4096
"""Bytes of an answer to hello; ours has a hundred."""


class TokenClient(Client):
    """Shows its token to nobody who has not proved that they hold it too."""

    def __init__(self, endpoint: Path) -> None:
        super().__init__(endpoint)
        self._file = endpoint
        self._endpoint: Endpoint | None = None

    def _conversation(self, timeout: float) -> Conversation:
        """What is proved in it holds for this connection; another one might lead to somebody else."""
        self._endpoint = self._read()
        try:
            plain = socket.create_connection((HOST, self._endpoint.port), timeout)
        except ConnectionRefusedError as error:
            raise NotRunning("Daybell is not running") from error
        return Conversation(plain, f"{HOST}:{self._endpoint.port}")

    def _introduce(self, conversation: Conversation) -> dict[str, str]:
        endpoint = self._endpoint or self._read()
        nonce = os.urandom(32).hex()
        question = json.dumps({"nonce": nonce}).encode()
        answer = conversation.ask("POST", HELLO, {"Content-Type": "application/json"}, question)
        content = answer.read(LONGEST)
        if answer.status == 429:
            raise ApiError("busy", "Daybell was asked too often; wait a minute", status=answer.status)
        if answer.status >= 500:
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
