"""Random choices that depend on the seed and one film, never on other films or their order."""

from hashlib import blake2b


def unit_hash(seed: int, purpose: str, key: str) -> float:
    """Return a number in [0, 1), uniform over keys, the same on every machine."""
    digest = blake2b(f"{seed}/{purpose}/{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def short_hash(text: str) -> str:
    """Return 16 hexadecimal digits that stand for ``text``."""
    return blake2b(text.encode(), digest_size=8).hexdigest()
