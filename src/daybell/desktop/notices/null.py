"""What becomes of notices that nobody could see?"""


class NullNotices:
    """Drops them: status, menu and history tell the same."""

    def __init__(self, why: str) -> None:
        self.why = why

    def notify(self, title: str, body: str) -> None:
        """Nothing shows it."""

    def stop(self) -> None:
        """There is nothing to stop."""
