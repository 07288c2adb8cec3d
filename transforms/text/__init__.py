"""Strings, bytes and arrays: no Spark, no files. A worker loads only the rules that it runs."""
