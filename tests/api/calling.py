"""A program that speaks gRPC, made of nothing but grpclib and what scheduler.proto says."""

import asyncio
from pathlib import Path
from typing import TypeVar

from google.protobuf.message import Message
from grpclib.client import Channel, UnaryUnaryMethod

from daybell.api.grpc.scheduler_pb2 import (
    GetSchedulerStatusRequest,
    GetSchedulerStatusResponse,
    PauseJobRequest,
    PauseJobResponse,
    ResumeJobRequest,
    ResumeJobResponse,
)
from daybell.engine.configuring import Configuration, NoSettings
from daybell.model.settings import ApiConfig, Settings

SERVICE = "/daybell.v1.Scheduler"
PATIENCE = 10.0

Reply = TypeVar("Reply", bound=Message)


def switched_on() -> Configuration:
    """The settings of a Daybell that speaks gRPC."""
    return Configuration(NoSettings(), Settings(api=ApiConfig(grpc=True)))


class Calling:
    """A connection a call. GRPCError, StreamTerminatedError, OSError."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def status(self) -> GetSchedulerStatusResponse:
        return self.call("GetSchedulerStatus", GetSchedulerStatusRequest(), GetSchedulerStatusResponse)

    def pause(self, job_name: str) -> PauseJobResponse:
        return self.call("PauseJob", PauseJobRequest(job_name=job_name), PauseJobResponse)

    def resume(self, job_name: str) -> ResumeJobResponse:
        return self.call("ResumeJob", ResumeJobRequest(job_name=job_name), ResumeJobResponse)

    def call(self, name: str, request: Message, reply: type[Reply]) -> Reply:
        return asyncio.run(self._call(name, request, reply))

    async def _call(self, name: str, request: Message, reply: type[Reply]) -> Reply:
        async with Channel(path=str(self.path)) as channel:
            method = UnaryUnaryMethod[Message, Reply](channel, f"{SERVICE}/{name}", type(request), reply)
            return await method(request, timeout=PATIENCE)
