"""What the server is made of, without what it never needs; imported before what would load it with that."""

from importlib.util import find_spec

from daybell.api.without_tls import WITHOUT_TLS
from daybell.machine.stand_ins import bring

HASHES = ("_md5", "_sha1", "_sha3", "_blake2")
"""What `hashlib` is made of without OpenSSL; some systems ship Python without them."""
NAMED = {"CERT_NONE": 0, "PROTOCOL_TLS_SERVER": 17}
"""What uvicorn names while it is imported, for certificates that it is never given."""
COMMAND_LINE = {"Server": None, "main": None, "run": None}
"""What uvicorn has of its command line, which takes click and multiprocessing along."""

if all(map(find_spec, HASHES)) and bring(["asyncio", "hashlib", "hmac"], WITHOUT_TLS):
    bring(["uvicorn"], {**WITHOUT_TLS, "ssl": NAMED, "uvicorn.main": COMMAND_LINE})
