"""How are amounts told to a person? Pure."""

KIBIBYTE = 1024
UNITS = ("KiB", "MiB", "GiB", "TiB")


def size(count: int) -> str:
    """As in "512 bytes", "1.4 KiB", "380 MiB"."""
    if count < KIBIBYTE:
        return "1 byte" if count == 1 else f"{count} bytes"
    amount, unit = float(count), ""
    for unit in UNITS:  # noqa: B007 - the last one counts
        amount /= KIBIBYTE
        if amount < KIBIBYTE - 0.5:
            break
    return f"{amount:.1f} {unit}" if amount < 99.95 else f"{amount:.0f} {unit}"


def cpu_time(seconds: float) -> str:
    """As in "0.004s", "12.3s", "3780s"."""
    if seconds < 1:
        return f"{seconds:.3f}s"
    return f"{seconds:.1f}s" if seconds < 100 else f"{seconds:.0f}s"


def output(printed: int, dropped: int) -> str:
    """As in "1.4 KiB", "5.0 GiB, of which 4.9 GiB were left out"."""
    return size(printed) + (f", of which {size(dropped)} were left out" if dropped else "")
