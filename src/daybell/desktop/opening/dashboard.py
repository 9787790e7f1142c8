"""How does a click on the menu become the page in the person's browser?"""

from collections.abc import Callable
from pathlib import Path

from daybell.model.errors import DaybellError
from daybell.store.opening import write_opening_page


class Dashboard:
    """Opened by a page of ours that leads there: what stands on a command line, other users can read."""

    def __init__(
        self, address: Callable[[], str], page: Path, opener: Callable[[Path, int | None], None]
    ) -> None:
        """`address` makes one that lets a browser in once, and says by a DaybellError why it cannot."""
        self._address = address
        self._page = page
        self._opener = opener

    def open(self) -> None:
        """DaybellError when it cannot be shown; never blocks for long."""
        try:
            write_opening_page(self._page, self._address())
        except OSError as error:
            raise DaybellError(f"{self._page} cannot be written: {error.strerror}") from error
        self._opener(self._page, None)
