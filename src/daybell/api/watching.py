"""Which addresses are for those who only watch?"""

from starlette.routing import Route

from daybell.api.calls import Calls
from daybell.api.documents import Documents
from daybell.api.events import Events
from daybell.api.observing import Observing
from daybell.api.streams import Streams
from daybell.engine.service import SchedulerService
from daybell.store.assets import asset


class Watching:
    """Built once an API."""

    def __init__(self, service: SchedulerService, calls: Calls) -> None:
        self.streams = Streams()
        self._events = Events(service, self.streams)
        self._observing = Observing(service, calls)
        self._documents = Documents(service, calls, asset("schemas"))

    def table(self) -> list[Route]:
        return [
            Route("/api/v1/events", self._events.answer),
            Route("/api/v1/timeline", self._observing.timeline),
            Route("/api/v1/recent", self._observing.recent),
            Route("/api/v1/incidents", self._observing.incidents),
            Route("/api/v1/health", self._observing.health),
            Route("/api/v1/metrics", self._observing.metrics),
            Route("/api/v1/openapi.json", self._documents.openapi),
            Route("/api/v1/schema/{name}.json", self._documents.schema),
        ]

    def close(self) -> None:
        """End what has no end."""
        self._events.close()
