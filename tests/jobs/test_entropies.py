"""A snapshot's domains and their entropies: measured once, kept in a table, dropped with the snapshot."""

import hashlib
import math
import re
import shutil
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import fasttext
import numpy as np
import pytest
from pyspark.sql import functions as F

from jobs import entropies
from jobs.common.domains import divided
from jobs.common.entropies import entropies_of
from jobs.common.garbage import Garbage, free
from jobs.common.law_mixtures import beside_in
from jobs.common.snapshots import named
from jobs.common.tables import Warehouse
from jobs.common.tokens import count_tokens
from schemas.domains import Domains
from schemas.entropies import DOMAIN_ENTROPIES, Entropies, EntropySettings
from schemas.errors import RecipeError
from schemas.registry import RUNS
from schemas.schedule import Schedule
from schemas.tables import CURATED
from schemas.tokens import TOKENS, Tokens
from tests.jobs.test_plans import shuffled_texts
from transforms.entropies import mixture
from transforms.sampling import chance
from transforms.von_neumann import von_neumann

tokenizers = pytest.importorskip("tokenizers", reason="the extra tokens is not installed")
pytestmark = pytest.mark.spark

WORD = re.compile(r"\w+|[^\w\s]+")
LANGUAGES = Domains(by="language", map={"en": "English", "de": "German"}, default="other")


@pytest.fixture(scope="module")
def here(published, tmp_path_factory):
    """The published warehouse, copied: this module's own."""
    root = tmp_path_factory.mktemp("entropies") / "wh"
    shutil.copytree(published.warehouse.root, root)
    return replace(published, warehouse=Warehouse(published.warehouse.spark, str(root)))


@pytest.fixture(scope="module")
def documents(here):
    """All kept documents: doc_id → row of curated."""
    path = here.warehouse.curated_path(named(here.warehouse, "tiny")["snapshot_id"])
    return {row["doc_id"]: row for row in here.warehouse.read(CURATED, path).collect()}


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory, documents):
    """A tokenizer that takes each word, and each run of other characters, for a token of its own."""
    words = sorted({word for row in documents.values() for word in WORD.findall(row["text"])})
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel({w: i for i, w in enumerate(words)}, unk_token=words[0]))
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    made.save(str(path))
    return Tokens.model_validate({"name": "words", "tokenizer": {"path": str(path)}})


@pytest.fixture(scope="module")
def by_language(here, tokenizer):
    return entropies_of(here.warehouse, "tiny", LANGUAGES, tokenizer)


def domain_of(row):
    return LANGUAGES.map.get(row["language"], "other")


def expected(texts):
    """Give n_tokens, n_bigrams, se, first_se, je of texts by plain counters."""
    tokens = [WORD.findall(text) for text in texts]
    pairs = Counter(pair for one in tokens for pair in pairwise(one))
    first = Counter(word for one in tokens for word in one[:-1])
    counts = (Counter(word for one in tokens for word in one), first, pairs)
    entropies = [-math.fsum(n / c.total() * math.log(n / c.total()) for n in c.values()) for c in counts]
    return (counts[0].total(), pairs.total(), *(pytest.approx(h, abs=1e-9) for h in entropies))


def told(row):
    return tuple(row[name] for name in ("n_tokens", "n_bigrams", "se", "first_se", "je"))


def measures(rows_):
    """Give rows without what tells how and when they were made."""
    hidden = {"entropies_id", "domains_id", "counted_at"}
    return [{name: value for name, value in row.items() if name not in hidden} for row in rows_]


class TestCommand:
    @pytest.fixture
    def schedule(self, tokenizer):
        told = {"name": "s", "domains": LANGUAGES, "entropies": {"tokens": tokenizer}}
        return Schedule.model_validate(told)

    def test_mixtures_go_where_laws_hold_them_beside_the_best(self, here, schedule, by_language, tmp_path, capsys):
        rows = entropies.run(here.warehouse, "tiny", schedule, "s.toml")
        assert rows == by_language
        told = entropies.mixtures_of(rows)
        total = sum(row["n_tokens"] for row in rows)
        assert told["natural"]["German"] == next(r["n_tokens"] for r in rows if r["domain"] == "German") / total
        assert list(told) == ["natural", "se", "je", "ce"]  # no vectors were asked
        (tmp_path / "mixtures.csv").write_text(entropies.as_csv(told))
        beside = beside_in(str(tmp_path / "mixtures.csv"), ["other", "English", "German"])
        assert beside.names == tuple(told)
        assert beside.mixtures[3] == pytest.approx([told["ce"][name] for name in ("other", "English", "German")])
        entropies.show(rows)
        out = capsys.readouterr().out
        assert f"{told['ce']['English']:.2%}" in out
        assert "VNE" not in out.partition("Mixtures")[2]

    def test_a_domain_without_tokens_makes_no_mixture_by_what_it_lacks(self, by_language):
        empty = by_language[0] | dict.fromkeys(("se", "je", "ce"))
        assert list(entropies.mixtures_of([empty, *by_language[1:]])) == ["natural"]

    def test_what_is_not_usable_names_file_and_key(self, here, schedule):
        def told(**changed):
            with pytest.raises(RecipeError) as fault:
                entropies.run(here.warehouse, "tiny", schedule.model_copy(update=changed), "s.toml")
            return str(fault.value)

        assert told(entropies=Entropies()).startswith("s.toml: entropies.tokens: given none, nor [tokens] in")
        assert told(domains=Domains(by="language", map={"en": "x"})).startswith(
            "s.toml: domains: given by = 'language'"
        )
        with pytest.raises(RecipeError, match="--snapshot: given 'gone'"):
            entropies.run(here.warehouse, "gone", schedule, "s.toml")


class TestMeasured:
    def test_entropies_are_those_of_plain_counters(self, by_language, documents):
        assert [row["domain"] for row in by_language] == ["English", "German", "other"]
        for row in by_language:
            texts = [one["text"] for one in documents.values() if domain_of(one) == row["domain"]]
            assert row["n_documents"] == row["n_counted_documents"] == len(texts)
            assert told(row) == expected(texts)
            assert row["n_counted_tokens"] == row["n_tokens"]
            assert row["je"] == pytest.approx(row["first_se"] + row["ce"], abs=1e-12)
            assert (row["vne"], row["n_vectors"], row["sampled_ratio"]) == (None, None, 1.0)
        shares = mixture({row["domain"]: row["ce"] for row in by_language})
        assert math.fsum(shares.values()) == pytest.approx(1)

    def test_what_was_measured_is_not_measured_again(self, here, by_language, tokenizer):
        version = here.warehouse.version(DOMAIN_ENTROPIES)
        assert entropies_of(here.warehouse, named(here.warehouse, "tiny")["snapshot_id"], LANGUAGES, tokenizer) == (
            by_language
        )
        assert here.warehouse.version(DOMAIN_ENTROPIES) == version
        runs = here.warehouse.read(RUNS).where("job = 'entropies'").collect()
        assert [row["n_documents"] for row in runs][:1] == [sum(row["n_documents"] for row in by_language)]
        assert not list((Path(here.warehouse.root) / "staging").glob("*"))

    def test_a_sample_is_by_hash_and_all_tokens_are_counted(self, here, by_language, documents, tokenizer):
        settings = EntropySettings(share=0.4, seed=3)
        sampled = entropies_of(here.warehouse, "tiny", LANGUAGES, tokenizer, settings)
        path = here.warehouse.curated_path(named(here.warehouse, "tiny")["snapshot_id"])
        drawn = here.warehouse.read(CURATED, path).where(chance(3) < 0.4).select("doc_id").collect()
        ids = {row["doc_id"] for row in drawn}
        for row, whole in zip(sampled, by_language, strict=True):
            texts = [documents[one]["text"] for one in ids if domain_of(documents[one]) == row["domain"]]
            assert 0 < row["n_counted_documents"] == len(texts) < row["n_documents"]
            assert told(row)[1:] == expected(texts)[1:]
            assert row["n_counted_tokens"] == expected(texts)[0]
            assert row["n_tokens"] == whole["n_tokens"]
            assert row["entropies_id"] != whole["entropies_id"]

    def test_of_a_snapshot_that_was_counted_only_the_sample_is_tokenised(self, here, by_language, tokenizer, tmp_path):
        """Tokens of the others come of the table: what is written there comes out, be it as wrong as here."""
        root = tmp_path / "wh"
        shutil.copytree(here.warehouse.root, root)
        warehouse = Warehouse(here.warehouse.spark, str(root))
        division = divided(warehouse, named(warehouse, "tiny"), LANGUAGES)
        settled = tokenizer.model_copy(update={"tokenizer": sha_of(tokenizer.tokenizer)})
        anew = division.tokens(settled)
        assert anew == {row["domain"]: row["n_tokens"] for row in by_language}
        counting = replace(here, warehouse=warehouse, recipe=here.recipe.model_copy(update={"tokens": settled}))
        count_tokens(counting, division.snapshot["snapshot_id"])
        again = divided(warehouse, named(warehouse, "tiny"), LANGUAGES)
        assert again.tokens(settled) == anew
        ones = warehouse.read(TOKENS).withColumn("n_tokens", F.col("n_tokens") + 1)
        warehouse.overwrite(warehouse.spark.createDataFrame(ones.collect(), TOKENS.schema), TOKENS)
        settings = EntropySettings(share=0.5)
        some = entropies_of(warehouse, "tiny", LANGUAGES, tokenizer, settings)
        others = entropies_of(here.warehouse, "tiny", LANGUAGES, tokenizer, settings)
        assert [row["n_tokens"] for row in some] == [anew[row["domain"]] + row["n_documents"] for row in some]
        assert [row | {"n_tokens": 0} for row in measures(some)] == [row | {"n_tokens": 0} for row in measures(others)]

    def test_von_neumann_s_is_of_fasttext_s_vectors_of_a_sample(self, here, documents, tokenizer, tmp_path):
        lines = [" ".join(row["text"].split()) for row in documents.values()]
        (tmp_path / "lines.txt").write_text("\n".join(lines))
        model = fasttext.train_unsupervised(
            str(tmp_path / "lines.txt"), dim=10, bucket=100, epoch=1, thread=10, verbose=0
        )
        model.save_model(str(tmp_path / "vectors.bin"))
        sha256 = hashlib.sha256((tmp_path / "vectors.bin").read_bytes()).hexdigest()
        asked = {"vectors": {"path": str(tmp_path / "vectors.bin"), "sha256": sha256, "sample": 12}}
        settings = EntropySettings.model_validate(asked)
        path = here.warehouse.curated_path(named(here.warehouse, "tiny")["snapshot_id"])
        ordered = here.warehouse.read(CURATED, path).orderBy(chance(1)).select("doc_id").collect()
        for row in entropies_of(here.warehouse, "tiny", LANGUAGES, tokenizer, settings):
            mine = [documents[one["doc_id"]] for one in ordered if domain_of(documents[one["doc_id"]]) == row["domain"]]
            vectors = [model.get_sentence_vector(one["text"].replace("\n", " ")) for one in mine[:12]]
            assert row["n_vectors"] == len(vectors) == min(12, row["n_documents"])
            assert row["vne"] == pytest.approx(von_neumann(np.stack(vectors)), abs=1e-4)
            assert row["ce"] is not None
        wrong = EntropySettings.model_validate({"vectors": asked["vectors"] | {"sha256": "0" * 64}})
        with pytest.raises(RecipeError, match=r"vectors.sha256: .* allowed: 0000"):
            entropies_of(here.warehouse, "tiny", LANGUAGES, tokenizer, wrong)


class TestDomains:
    def test_a_table_by_document_says_the_same_unit_by_unit(self, here, by_language, documents, tokenizer, tmp_path):
        spark = here.warehouse.spark
        pairs = [(one, domain_of(row), 1) for one, row in documents.items()]
        frame = spark.createDataFrame([*pairs, ("gone", "unheard", 1)], "doc_id string, topic string, n long")
        frame.write.parquet(str(tmp_path / "topics"))
        table = {"path": {"path": str(tmp_path / "topics")}, "column": "topic"}
        rule = Domains.model_validate({"by": "table", "table": table})
        division = divided(here.warehouse, named(here.warehouse, "tiny"), rule)
        assert len(division.units()) > 1
        assert division.sizes == {row["domain"]: row["n_documents"] for row in by_language}
        assert measures(entropies_of(here.warehouse, "tiny", rule, tokenizer)) == measures(by_language)
        # The same table elsewhere is the same rule; another content is another.
        frame.write.parquet(str(tmp_path / "copy"))
        frame.where("topic != 'unheard'").write.parquet(str(tmp_path / "less"))

        def id_of(name):
            moved = Domains.model_validate({"by": "table", "table": table | {"path": {"path": str(tmp_path / name)}}})
            return divided(here.warehouse, division.snapshot, moved).domains_id

        assert id_of("copy") == division.domains_id != id_of("less")

    def test_no_text_is_shuffled_to_name_its_domain(self, here, documents, tmp_path, capsys):
        spark = here.warehouse.spark
        hosts = sorted({(row["host"], "some") for row in documents.values()})
        spark.createDataFrame(hosts, "host string, domain string").write.format("delta").save(str(tmp_path / "hosts"))
        table = {"path": {"path": str(tmp_path / "hosts")}, "format": "delta", "key": "host"}
        rule = Domains.model_validate({"by": "table", "table": table})
        division = divided(here.warehouse, named(here.warehouse, "tiny"), rule)
        assert division.sizes == {"some": len(documents)}
        assert shuffled_texts(capsys, division.texts_of(division.documents(), division.units()[0])) == []
        with pytest.raises(ValueError, match="documents are looked up"):
            division.texts()
        assert shuffled_texts(capsys, divided(here.warehouse, division.snapshot, LANGUAGES).texts()) == []

    @pytest.mark.parametrize(
        ("rule", "said"),
        [
            ({"by": "language", "map": {"en": "English"}}, r"documents are of no domain: language \w+ \(\d+\), "),
            ({"by": "hosts", "hosts": {"a": ["a.org"]}}, "by = 'hosts'; .* of no domain: host "),
            ({"by": "table", "table": {"path": {"path": "gone"}}}, "domains: no such table 'gone'"),
            (
                {"by": "scores", "scores": [{"domain": "a", "model": "s.m", "min_score": 0.5}]},
                r"domains.scores\[0\].model: given 's.m'; allowed: none: its recipe has no classify step",
            ),
        ],
    )
    def test_what_cannot_be_parted_is_told_in_one_line(self, here, tokenizer, rule, said):
        with pytest.raises(RecipeError, match=said) as fault:
            entropies_of(here.warehouse, "tiny", Domains.model_validate(rule), tokenizer)
        assert "\n" not in str(fault.value)

    def test_too_many_domains_and_no_document_are_told_in_one_line(self, here, monkeypatch):
        row = named(here.warehouse, "tiny")
        with pytest.raises(RecipeError, match="snapshot gone: has no kept document"):
            divided(here.warehouse, row | {"snapshot_id": "gone"}, LANGUAGES)
        monkeypatch.setattr("jobs.common.domains.MOST", 2)
        with pytest.raises(RecipeError, match="given more than 2 of them by 'language'; allowed: 2"):
            divided(here.warehouse, row, LANGUAGES)

    @pytest.mark.parametrize(
        ("rows_", "schema", "said"),
        [
            (
                [("1", "a"), ("1", "b")],
                "doc_id string, domain string",
                "doc_id '1' stands there 2 times; allowed: once",
            ),
            ([("1", 7)], "doc_id string, domain long", "column 'domain' is bigint; allowed: a string"),
            ([("1", "a")], "id string, domain string", "column 'doc_id' is missing; there are: id, domain"),
        ],
    )
    def test_a_table_that_cannot_say_it_is_told_in_one_line(self, here, tokenizer, tmp_path, rows_, schema, said):
        here.warehouse.spark.createDataFrame(rows_, schema).write.parquet(str(tmp_path / "t"))
        rule = Domains.model_validate({"by": "table", "table": {"path": {"path": str(tmp_path / "t")}}})
        with pytest.raises(RecipeError, match=said) as fault:
            entropies_of(here.warehouse, "tiny", rule, tokenizer)
        assert "\n" not in str(fault.value)


def test_what_is_no_tokenizer_or_no_snapshot_is_told_in_one_line(here, tokenizer, tmp_path):
    (tmp_path / "t.json").write_text("{}")
    wrong = Tokens.model_validate({"name": "t", "tokenizer": {"path": str(tmp_path / "t.json")}})
    with pytest.raises(RecipeError, match=r"entropies.tokenizer: .* is no tokenizer.json"):
        entropies_of(here.warehouse, "tiny", LANGUAGES, wrong)
    with pytest.raises(RecipeError, match="given 'huge'"):
        entropies_of(here.warehouse, "huge", LANGUAGES, tokenizer)


def test_a_snapshot_that_is_freed_takes_its_rows_along(here, by_language, tmp_path):
    root = tmp_path / "wh"
    shutil.copytree(here.warehouse.root, root)
    warehouse = Warehouse(here.warehouse.spark, str(root))
    assert warehouse.read(DOMAIN_ENTROPIES).where(F.col("entropies_id") == by_language[0]["entropies_id"]).count() == 3
    free(warehouse, [Garbage("snapshot", by_language[0]["snapshot_id"], 0, 0)], 999)
    assert warehouse.read(DOMAIN_ENTROPIES).isEmpty()


def sha_of(file):
    data = Path(file.path).read_bytes()
    return file.model_copy(update={"sha256": hashlib.sha256(data).hexdigest()})
