"""What the server is made of, without OpenSSL; imported before whatever would load it with that."""

from importlib.util import find_spec

from daybell.api.without_tls import bring

HASHES = ("_md5", "_sha1", "_sha3", "_blake2")
"""What `hashlib` is made of without OpenSSL; some systems ship Python without them."""
NAMED = {"CERT_NONE": 0, "PROTOCOL_TLS_SERVER": 17}
"""What uvicorn names while it is imported, for certificates that it is never given."""

if all(map(find_spec, HASHES)) and bring(["asyncio", "hashlib", "hmac"]):
    bring(["uvicorn"], NAMED)
