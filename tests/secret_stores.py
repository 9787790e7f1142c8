"""A store of secrets that holds what a test says."""

from daybell.model.errors import SecretUnavailable


class FakeSecrets:
    """Secrets by their whole reference; it remembers what it was asked for."""

    def __init__(self, **by_name: str) -> None:
        """`restic="hunter2"` is what "keyring:restic" refers to."""
        self._secrets = {f"keyring:{name}": secret for name, secret in by_name.items()}
        self.asked: list[str] = []

    def resolve(self, reference: str) -> str:
        self.asked.append(reference)
        if reference not in self._secrets:
            name = reference.removeprefix("keyring:")
            raise SecretUnavailable(f'there is no secret "{name}": set it with `daybell secret set {name}`')
        return self._secrets[reference]
