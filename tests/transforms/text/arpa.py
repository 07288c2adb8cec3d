"""A small language model of bigrams: its ARPA file, and what Katz back-off says of a sentence, in plain Python."""

UNIGRAMS = {  # word → log10 probability, log10 back-off weight
    "<unk>": (-2.0, 0.0),
    "<s>": (-99.0, -0.5),
    "</s>": (-0.75, 0.0),
    "the": (-0.5, -0.25),
    "cat": (-1.25, -0.125),
    "sat": (-1.5, -0.375),
    "straße": (-1.75, 0.0),
}
BIGRAMS = {("<s>", "the"): -0.25, ("the", "cat"): -0.375, ("cat", "sat"): -0.125, ("sat", "</s>"): -0.0625}
WORDS = [word for word in UNIGRAMS if not word.startswith("<")]


def arpa():
    """Give the model's file."""
    lines = ["\\data\\", f"ngram 1={len(UNIGRAMS)}", f"ngram 2={len(BIGRAMS)}", "", "\\1-grams:"]
    lines += [f"{log10}\t{word}\t{backoff}" for word, (log10, backoff) in UNIGRAMS.items()]
    lines += ["", "\\2-grams:", *(f"{log10}\t{a} {b}" for (a, b), log10 in BIGRAMS.items()), "", "\\end\\", ""]
    return "\n".join(lines).encode()


def log10_of(sentence):
    """Give the log10 probability of a sentence between its two ends."""
    words = [word if word in WORDS else "<unk>" for word in sentence.split()]
    total = 0.0
    for before, word in zip(["<s>", *words], [*words, "</s>"], strict=True):
        both = BIGRAMS.get((before, word))
        total += UNIGRAMS[before][1] + UNIGRAMS[word][0] if both is None else both
    return total


def perplexity_of(text):
    """Give the perplexity of a text of lines; None without words."""
    sentences = [line for line in text.split("\n") if line.split()]
    if not sentences:
        return None
    n = sum(len(line.split()) + 1 for line in sentences)
    return 10 ** (-sum(map(log10_of, sentences)) / n)
