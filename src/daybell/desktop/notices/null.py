"""What becomes of notices that nobody could see?"""

import logging

from daybell.desktop.notices.interface import Notice, Notices, Unseen

log = logging.getLogger(__name__)


class NullNotices(Notices):
    """Names them in the log: status, menu and history tell the same."""

    def __init__(self, why: str) -> None:
        self.why = why
        self._unseen: Unseen | None = None

    def show(self, notice: Notice) -> None:
        log.info("a notice that could not be shown: %s", notice.title)
        if self._unseen is not None:
            self._unseen(notice)

    def tell_unseen(self, unseen: Unseen) -> None:
        self._unseen = unseen

    def close(self, key: str) -> None:
        """Nothing was shown."""

    def stop(self) -> None:
        """There is nothing to stop."""
