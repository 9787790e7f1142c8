"""Does the kernel know a way to the internet?"""

UP, REJECTED = 0x1, 0x200
ANYWHERE_4, ANYWHERE_6 = "0" * 8, "0" * 32


def has_default_route(ipv4: str | None, ipv6: str | None) -> bool | None:
    """From /proc/net/route and /proc/net/ipv6_route; None where there is neither."""
    if ipv4 is None and ipv6 is None:
        return None
    return any(map(_leads_out_4, (ipv4 or "").splitlines())) or any(
        map(_leads_out_6, (ipv6 or "").splitlines())
    )


def _leads_out_4(line: str) -> bool:
    match line.split():
        case [_, destination, _, flags, _, _, _, mask, *_]:
            return destination == mask == ANYWHERE_4 and _is_used(flags)
    return False


def _leads_out_6(line: str) -> bool:
    match line.split():
        case [destination, "00", _, _, _, _, _, _, flags, interface]:
            return destination == ANYWHERE_6 and interface != "lo" and _is_used(flags)
    return False


def _is_used(flags: str) -> bool:
    try:
        return int(flags, 16) & (UP | REJECTED) == UP
    except ValueError:
        return False
