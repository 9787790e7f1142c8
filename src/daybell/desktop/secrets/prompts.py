"""How is a person asked by the keyring itself, for a password that Daybell never sees?"""

from jeepney import DBusAddress, MatchRule, message_bus, new_method_call
from jeepney.wrappers import DBusErrorResponse, unwrap_msg

from daybell.desktop.bus.connection import Connection
from daybell.model.errors import SecretUnavailable

PROMPT = "org.freedesktop.Secret.Prompt"
CLOSED = "the keyring stays locked: nobody typed its password, or no window could ask for it"
NOTHING = "/"
"""Where a prompt, an item or a collection would stand, and there is none."""


def asked_for(bus: Connection, service: str, prompt: str, seconds: float) -> object:
    """Show the prompt and wait; what it gives, such as a path. SecretUnavailable without an answer."""
    completed = MatchRule(type="signal", interface=PROMPT, member="Completed", path=prompt)
    try:
        unwrap_msg(bus.send_and_get_reply(message_bus.AddMatch(completed)))
        with bus.filter(completed) as answers:
            show = new_method_call(DBusAddress(prompt, service, PROMPT), "Prompt", "s", ("",))
            unwrap_msg(bus.send_and_get_reply(show))
            is_dismissed, (_, found) = bus.recv_until_filtered(answers, timeout=seconds).body
    except (DBusErrorResponse, OSError, TimeoutError, ValueError) as error:
        raise SecretUnavailable(
            "the keyring asked for its password in a window, and had no answer: unlock it, and try again"
        ) from error
    if is_dismissed:
        raise SecretUnavailable(CLOSED)
    return found
