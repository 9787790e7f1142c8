"""How do libraries do without OpenSSL? It is a tenth of the app's memory, and nobody here speaks TLS.

Imported before what would load it: the program then has `http.client` without it. Most libraries look
whether they got it.
"""

from collections.abc import Mapping

from daybell.machine.stand_ins import bring

WITHOUT_TLS: Mapping[str, None] = {"ssl": None, "_hashlib": None}
"""What leads to it."""

bring(["http.client"], WITHOUT_TLS)
