"""The kept texts in tokens: which tokenizer a recipe names, and the table of counts."""

from pyspark.sql.types import StructType

from schemas.shapes import ListFile, Name, Shape
from schemas.tables import Table, columns


class Tokens(Shape):
    """``[tokens]``: what kept texts are counted by. It changes nothing else of a snapshot."""

    name: Name
    """What people call the tokenizer."""
    tokenizer: ListFile
    """A ``tokenizer.json`` as the package tokenizers writes it; path or URI."""

    @property
    def label(self) -> str:
        """Name and content of the tokenizer."""
        return f"{self.name}-{(self.tokenizer.sha256 or '')[:12]}"


TOKENS = Table(
    name="tokens",
    grain="one kept document of one snapshot, in tokens of one tokenizer",
    key=("snapshot_id", "doc_id"),
    schema=StructType(
        columns("snapshot_id string, doc_id string, crawl string, unit int, tokenizer string, n_tokens long")
    ),
    partitions=("snapshot_id", "crawl", "unit"),
    indexed=("doc_id", "n_tokens"),
)
