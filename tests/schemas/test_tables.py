"""Tables: names tell types, keys are columns, and no text gets into Delta's log."""

import re
from typing import NamedTuple

import pytest
from pyspark.sql.types import (
    BooleanType,
    DoubleType,
    IntegerType,
    LongType,
    MapType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from schemas.registry import ALL
from schemas.tables import columns, struct_of

BY_SUFFIX = {"_ratio": DoubleType, "_score": DoubleType, "_at": TimestampType, "_id": StringType, "_sha256": StringType}
tables = pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)


def fields_of(schema):
    """All fields, those inside of structs too."""
    for field in schema.fields:
        yield field
        if isinstance(field.dataType, StructType):
            yield from fields_of(field.dataType)


def fields(table, wanted):
    return [field for field in fields_of(table.schema) if wanted(field)]


class TestNames:
    def test_table_names_are_unique(self):
        assert len({table.name for table in ALL}) == len(ALL)

    @tables
    def test_every_name_is_snake_case(self, table):
        names = [table.name, *(field.name for field in fields_of(table.schema))]
        assert [name for name in names if not re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", name)] == []

    @tables
    def test_every_n_is_a_long(self, table):
        assert {f.dataType for f in fields(table, lambda f: f.name.startswith("n_"))} <= {LongType()}

    @pytest.mark.parametrize("suffix", BY_SUFFIX)
    @tables
    def test_a_suffix_tells_the_type(self, table, suffix):
        wrong = fields(table, lambda f: f.name.endswith(suffix) and not isinstance(f.dataType, BY_SUFFIX[suffix]))
        assert wrong == []

    @tables
    def test_bytes_are_counted_in_longs_or_shown_as_first_bytes(self, table):
        for field in fields(table, lambda f: f.name.endswith("_bytes")):
            assert isinstance(field.dataType, StringType if field.name == "first_bytes" else LongType)

    @tables
    def test_booleans_and_nothing_else_start_with_is(self, table):
        named = fields(table, lambda f: f.name.startswith("is_"))
        assert named == fields(table, lambda f: isinstance(f.dataType, BooleanType))

    @tables
    def test_every_time_ends_with_at(self, table):
        assert fields(table, lambda f: isinstance(f.dataType, TimestampType) and not f.name.endswith("_at")) == []

    @tables
    def test_no_column_appears_twice(self, table):
        names = table.schema.fieldNames()
        assert sorted(set(names)) == sorted(names)


class TestContracts:
    @tables
    def test_key_partitions_and_index_are_columns(self, table):
        assert {*table.key, *table.partitions, *table.indexed} <= set(table.schema.fieldNames())

    @tables
    def test_it_has_a_key_and_a_grain(self, table):
        assert table.key
        assert table.grain

    @tables
    def test_key_and_partitions_are_never_null(self, table):
        assert [name for name in (*table.key, *table.partitions) if table.schema[name].nullable] == []

    @tables
    def test_the_index_repeats_no_partition(self, table):
        assert set(table.indexed) & set(table.partitions) == set()


class TestPrivacy:
    @tables
    def test_no_text_address_or_page_bytes_are_indexed(self, table):
        forbidden = {"text", "url", "uri", "host", "domain", "first_bytes", "detail", "source_file", "error"}
        assert set(table.indexed) & forbidden == set()

    @tables
    def test_only_ids_and_numbers_are_indexed(self, table):
        others = [n for n in table.indexed if not isinstance(table.schema[n].dataType, (LongType, IntegerType))]
        assert [name for name in others if not name.endswith("_id")] == []

    @tables
    def test_a_table_with_texts_or_addresses_names_what_is_indexed(self, table):
        # Without a list, Delta keeps min and max of the first 32 columns.
        if {"text", "url"} & set(table.schema.fieldNames()):
            assert table.indexed


class Sizes(NamedTuple):
    """Each kind of measure."""

    n_lines: int
    line_ratio: float
    kind: str
    label: str | None


class TestReaders:
    def test_measures_become_a_struct_of_the_same_names_and_types(self):
        assert struct_of(Sizes) == StructType(
            [
                StructField("n_lines", LongType(), nullable=False),
                StructField("line_ratio", DoubleType(), nullable=False),
                StructField("kind", StringType(), nullable=False),
                StructField("label", StringType(), nullable=True),
            ]
        )

    def test_a_question_mark_makes_a_column_nullable(self):
        assert columns("a long, b time?") == [
            StructField("a", LongType(), nullable=False),
            StructField("b", TimestampType(), nullable=True),
        ]

    def test_a_struct_comes_by_its_name(self):
        assert columns("a s", s=struct_of(Sizes))[0].dataType == struct_of(Sizes)

    def test_a_map_of_counts_has_no_nulls(self):
        assert columns("a counts")[0].dataType == MapType(StringType(), LongType(), valueContainsNull=False)

    @pytest.mark.parametrize("text", ["a number", "a", "a long b"])
    def test_a_word_that_is_no_kind_is_an_error(self, text):
        with pytest.raises((KeyError, ValueError)):
            columns(text)
