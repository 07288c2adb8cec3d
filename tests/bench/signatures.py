"""How fast texts of 300 words are signed for the search of near copies, in this process on one core."""

import pyarrow as pa

from tests.bench.measure import best, leg
from transforms.columns import Texts
from transforms.text.lsh_curve import PRESETS, Bands
from transforms.text.minhash import band_hashes, sign
from transforms.text.shingles import Shingling, shingle_sets

WORDS, CHARACTERS = Shingling("words", 5), Shingling("characters", 24)


def signature_legs(texts: list[str]) -> list[dict]:  # type: ignore[type-arg]
    """Sign the texts and hash their bands by every preset, over words; by NeMo's over characters too, as it does.

    Args:
        texts: ``measure.short_texts()``.

    Returns:
        Rows as ``measure.leg`` makes them.
    """
    batch = Texts.of(pa.array(texts))

    def signed(shingling: Shingling, preset: Bands) -> None:
        told = sign(batch.data, batch.offsets, shingling, preset.n_hashes, 1)
        band_hashes(told.signatures, *preset)

    seconds = {"kernels, 5-word shingles": best(lambda: shingle_sets(batch.data, batch.offsets, *WORDS))}
    asked = [(WORDS, name) for name in PRESETS] + [(CHARACTERS, "nemo")]
    for shingling, name in asked:
        bands, rows = preset = PRESETS[name]
        label = f"kernels, MinHash {bands}x{rows} of {shingling.size} {shingling.unit}"
        seconds[label] = best(lambda shingling=shingling, preset=preset: signed(shingling, preset))
    size = len(batch.data)
    return [leg(label, len(texts), size, one) for label, one in seconds.items()]
