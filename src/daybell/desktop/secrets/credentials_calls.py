"""What must be asked of Windows about credentials? Only calls: secrets/credentials.py decides."""

import ctypes
import sys
from ctypes import wintypes

assert sys.platform == "win32"  # the form that type checkers know

GENERIC, KEPT_ON_THIS_MACHINE = 1, 2
NOT_FOUND = 1168


class Credential(ctypes.Structure):
    """CREDENTIALW."""

    _fields_ = (
        ("Flags", wintypes.DWORD),
        ("Type", wintypes.DWORD),
        ("TargetName", wintypes.LPWSTR),
        ("Comment", wintypes.LPWSTR),
        ("LastWritten", wintypes.FILETIME),
        ("CredentialBlobSize", wintypes.DWORD),
        ("CredentialBlob", ctypes.POINTER(ctypes.c_char)),
        ("Persist", wintypes.DWORD),
        ("AttributeCount", wintypes.DWORD),
        ("Attributes", ctypes.c_void_p),
        ("TargetAlias", wintypes.LPWSTR),
        ("UserName", wintypes.LPWSTR),
    )


Pointer = ctypes.POINTER(Credential)

advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)
advapi32.CredWriteW.argtypes = (Pointer, wintypes.DWORD)
advapi32.CredReadW.argtypes = (wintypes.LPCWSTR, wintypes.DWORD, wintypes.DWORD, ctypes.POINTER(Pointer))
advapi32.CredDeleteW.argtypes = (wintypes.LPCWSTR, wintypes.DWORD, wintypes.DWORD)
advapi32.CredEnumerateW.argtypes = (
    wintypes.LPCWSTR,
    wintypes.DWORD,
    ctypes.POINTER(wintypes.DWORD),
    ctypes.POINTER(ctypes.POINTER(Pointer)),
)
advapi32.CredFree.argtypes = (ctypes.c_void_p,)
advapi32.CredFree.restype = None


class WindowsVault:
    """`Vault`."""

    def read(self, target: str) -> bytes | None:
        found = Pointer()
        if not _is_there(advapi32.CredReadW(target, GENERIC, 0, ctypes.byref(found))):
            return None
        try:
            credential = found.contents
            return ctypes.string_at(credential.CredentialBlob, credential.CredentialBlobSize)
        finally:
            advapi32.CredFree(found)

    def write(self, target: str, content: bytes) -> None:
        held = ctypes.create_string_buffer(content, len(content))
        credential = Credential(
            Type=GENERIC,
            TargetName=target,
            CredentialBlobSize=len(content),
            CredentialBlob=ctypes.cast(held, ctypes.POINTER(ctypes.c_char)),
            Persist=KEPT_ON_THIS_MACHINE,
            UserName="daybell",
        )
        if not advapi32.CredWriteW(ctypes.byref(credential), 0):
            raise ctypes.WinError(ctypes.get_last_error())

    def delete(self, target: str) -> bool:
        return _is_there(advapi32.CredDeleteW(target, GENERIC, 0))

    def targets(self, prefix: str) -> list[str]:
        count, found = wintypes.DWORD(), ctypes.POINTER(Pointer)()
        if not _is_there(advapi32.CredEnumerateW(f"{prefix}*", 0, ctypes.byref(count), ctypes.byref(found))):
            return []
        try:
            return [found[place].contents.TargetName for place in range(count.value)]
        finally:
            advapi32.CredFree(found)


def _is_there(has_succeeded: int) -> bool:
    """OSError for any other refusal than that there is none."""
    if has_succeeded:
        return True
    if ctypes.get_last_error() == NOT_FOUND:
        return False
    raise ctypes.WinError(ctypes.get_last_error())
