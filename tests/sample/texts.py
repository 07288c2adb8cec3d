"""Sentence banks and a seeded random source → articles that differ from each other."""

from dataclasses import dataclass
from random import Random
from types import ModuleType

from tests.sample import bank_de, bank_en, bank_es, bank_fr, bank_ja, bank_low, bank_ru, names

_BANKS: dict[str, ModuleType] = {
    "en": bank_en,
    "de": bank_de,
    "fr": bank_fr,
    "es": bank_es,
    "ru": bank_ru,
    "ja": bank_ja,
}


@dataclass(frozen=True)
class Article:
    """A text before any markup."""

    title: str
    paragraphs: tuple[str, ...]


def article(rng: Random, language: str, n_sentences: int | None = None) -> Article:
    """Write an article of random sentences; by default long enough to pass every word count."""
    bank = _BANKS[language]
    templates = rng.sample(bank.SENTENCES, n_sentences or rng.randint(9, 14))
    sentences = [fill(rng, language, template) for template in templates]
    size = rng.randint(3, 4)
    joint = "" if language == "ja" else " "
    paragraphs = [joint.join(sentences[i : i + size]) for i in range(0, len(sentences), size)]
    return Article(fill(rng, language, rng.choice(bank.TITLES)), tuple(paragraphs))


def fill(rng: Random, language: str, template: str) -> str:
    """Fill a sentence's slots."""
    first, last = rng.choice(names.FIRST[language]), rng.choice(names.LAST[language])
    return template.format(
        name=f"{first}{last}" if language == "ja" else f"{first} {last}",
        town=rng.choice(names.TOWNS[language]),
        month=rng.choice(names.MONTHS[language]),
        street=rng.choice(names.STREETS),
        n=rng.randrange(15, 100, 5),  # multiples of five take the same case after them in Russian
        year=rng.randint(1871, 1989),
    )


def reworded(rng: Random, original: Article) -> Article:
    """Change a few words of an English article, as a site does that copies from another."""
    chosen = set(rng.sample(range(len(original.paragraphs)), 2))
    paragraphs = [
        text[:-1] + ", as far as we know." if i in chosen and text.endswith(".") else text
        for i, text in enumerate(original.paragraphs)
    ]
    paragraphs[-1] += " More about this will follow."
    return Article(original.title, tuple(paragraphs))


def short(rng: Random, language: str) -> Article:
    """Write an article that is clearly below fifty words, title included."""
    while True:
        found = article(rng, language, 2)
        if len(" ".join((found.title, *found.paragraphs)).split()) < 45:
            return found


def private(rng: Random, language: str) -> Article:
    """Write an article with made-up personal data: mail, phone, IP and bank account."""
    base = article(rng, language, 8)
    user = f"{rng.choice(names.FIRST['en'])}.{rng.choice(names.LAST['en'])}".lower()
    host = rng.choice(names.HOSTS[language]).removeprefix("www.")
    phone = f"+1 (202) 555-01{rng.randint(10, 99)}"
    address = f"198.51.100.{rng.randint(1, 254)}"
    contact = (
        f"{fill(rng, language, '{name}')}: {user}@{host}, {phone}. IBAN {_iban(rng)}; server {address}, info@{host}."
    )
    return Article(base.title, (*base.paragraphs, contact))


def hostile(rng: Random) -> Article:
    """Write an article whose text looks like markup and code, to show that reports escape it."""
    base = article(rng, "en", 7)
    return Article(f'{base.title} <em>"now" & then</em>', (*bank_low.HOSTILE, *base.paragraphs))


def _iban(rng: Random) -> str:
    """Give a German IBAN with right check digits and a bank code that is not in use."""
    account = f"{rng.randrange(10**8):018d}"
    check = 98 - int(f"{account}131400") % 97
    plain = f"DE{check:02d}{account}"
    return " ".join(plain[i : i + 4] for i in range(0, len(plain), 4))
