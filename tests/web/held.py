"""An answer that is long on its way: Daybell has given it, and the page has yet to hear it."""

from typing import Self

from playwright.sync_api import APIResponse, Page, Route

from waiting import until


class Held:
    """The next answer to such a question; what the page asks after it is answered at once."""

    def __init__(self, page: Page, pattern: str, method: str = "GET") -> None:
        self._page, self._pattern, self._method = page, pattern, method
        self._kept: list[tuple[Route, APIResponse]] = []
        self._is_asked = False

    def __enter__(self) -> Self:
        self._page.route(self._pattern, self._hold)
        return self

    def __exit__(self, *_: object) -> None:
        self._page.unroute(self._pattern, self._hold)

    def wait(self) -> None:
        """Until Daybell has answered."""
        until(lambda: self._page.evaluate("true") and bool(self._kept))

    def release(self) -> None:
        """The page has heard it once this returns."""
        route, answer = self._kept.pop()
        with self._page.expect_event("requestfinished", lambda request: request == route.request):
            route.fulfill(response=answer)
        self._page.evaluate("new Promise((heard) => setTimeout(heard, 50))")

    def _hold(self, route: Route) -> None:
        if self._is_asked or route.request.method != self._method:
            route.fallback()
            return
        self._is_asked = True
        self._kept.append((route, route.fetch()))
