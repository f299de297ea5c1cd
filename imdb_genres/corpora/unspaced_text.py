"""Recognises texts in scripts that are written without spaces between words."""

import re

# Thai and Lao, Burmese, Khmer, kana, Han
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]{8,}"
)
SAMPLE_SIZE = 200  # characters of a text that are looked at


def is_unspaced(text: str) -> bool:
    """Return whether ``text`` has longer runs of such a script than words usually are."""
    return not text.isascii() and bool(UNSPACED.search(text[:SAMPLE_SIZE]))


def unspaced_notice(texts: int, unspaced: int) -> str | None:
    """Return advice if a share of the texts that matters is unspaced."""
    if unspaced * 10 < texts or not unspaced:
        return None
    return (
        f"{unspaced} of {texts} texts are written without spaces between words, as Chinese, "
        "Japanese and Thai are; since words are split at spaces, a clause counts as one word and "
        "the model learns next to nothing: put spaces between the words first, for example with "
        "jieba (Chinese), fugashi (Japanese) or PyThaiNLP (Thai)"
    )
