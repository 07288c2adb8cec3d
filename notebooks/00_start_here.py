# Databricks notebook source
# MAGIC %md
# MAGIC # Start here: the tables, and how they follow from each other
# MAGIC Reads a warehouse that `make demo` (or any `sluice run`) has filled. Changes nothing.

# COMMAND ----------
import os

from jobs.common.session import open_session
from jobs.common.snapshots import rows
from jobs.common.tables import Warehouse
from schemas.tables import CRAWL_FILES, DECISIONS, DOCUMENTS, REJECTS

warehouse = Warehouse(open_session(), os.environ.get("SLUICE_WAREHOUSE", "build/demo"))

# COMMAND ----------
# MAGIC %md What was read: each file's bytes and records, and what became of them.

# COMMAND ----------
warehouse.read(CRAWL_FILES).select("uri", "status", "n_records", "n_documents", "n_rejected_records", "error").show(5, truncate=60)
warehouse.live(REJECTS).groupBy("kind", "reason").count().orderBy("count", ascending=False).show()
warehouse.live(DOCUMENTS).groupBy("charset").count().orderBy("count", ascending=False).show()

# COMMAND ----------
# MAGIC %md Which snapshots there are, and why their documents were dropped.

# COMMAND ----------
for snapshot in rows(warehouse):
    print(snapshot["snapshot_id"], snapshot["status"], snapshot["n_kept"], "of", snapshot["n_documents"], snapshot["digest"])
    mine = warehouse.live(DECISIONS).where(f"snapshot_id = '{snapshot['snapshot_id']}'")
    mine.selectExpr("explode(reasons) AS reason").groupBy("reason").count().orderBy("count", ascending=False).show(truncate=False)
