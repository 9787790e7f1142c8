"""What stands in for a part of the outside that is not there? Ports behind which nobody is."""

from collections.abc import Callable, Mapping, Sequence

from daybell.core.recovery import Living
from daybell.model.facts import Facts
from daybell.model.incident import NoticeText
from daybell.model.run import ProcessIdentity


class Unknown:
    """Probes where nobody can tell."""

    def start(self, changed: Callable[[Facts], None]) -> Facts:  # noqa: ARG002 - the port's shape
        return Facts()


class Restless:
    """Where nothing keeps a machine awake."""

    refusal = ""

    def hold(self, reason: str | None) -> None:
        """Nothing comes of it."""


class Nobody:
    """Survivors where no life has been before."""

    def find(self, runs: Mapping[str, ProcessIdentity | None]) -> Mapping[str, Sequence[Living]]:  # noqa: ARG002 - the port's shape
        return {}


class Silence:
    """A teller where nobody listens."""

    def tell(self, notice: NoticeText) -> None:
        """The ledger has it; nobody else hears of it."""
