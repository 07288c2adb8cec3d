"""Signatures as stages of Spark ML: an Estimator that settles bands and rows, and a Model that signs texts."""

from typing import Any

from pyspark.ml import Estimator, Model
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.param.shared import HasInputCol, HasOutputCol, HasSeed
from pyspark.ml.util import DefaultParamsReadable, DefaultParamsWritable
from pyspark.sql import DataFrame

from transforms.dedup.signing import Signing, with_signature
from transforms.dedup.spark_ml import with_ml_signature
from transforms.text.lsh_curve import PRESETS, Bands, smallest_bands
from transforms.text.shingles import Shingling

ENGINES = {"kernel": with_signature, "spark_ml": with_ml_signature}


def _param(name: str, doc: str, of: Any) -> Any:
    return Param(Params._dummy(), name, doc, of)


class _SigningParams(HasInputCol, HasOutputCol, HasSeed):
    """What both stages are told."""

    unit = _param("unit", "what a shingle is a run of: words or characters", TypeConverters.toString)
    size = _param("size", "words or characters of a shingle, 1 or more", TypeConverters.toInt)
    bands = _param("bands", "bands of a signature, 1 or more", TypeConverters.toInt)
    rows = _param("rows", "hashes of a band, 1 or more", TypeConverters.toInt)
    engine = _param("engine", "who signs: kernel or spark_ml", TypeConverters.toString)

    def _begin(self, given: dict[str, Any]) -> None:
        self._setDefault(inputCol="text", outputCol="signature", seed=1, unit="words", size=5, engine="kernel")
        self._set(**given)

    def signing(self) -> Signing:
        """Give the settings as functions of ``transforms.dedup.signing`` take them."""
        unit, size, bands, rows = map(self.getOrDefault, (self.unit, self.size, self.bands, self.rows))
        return Signing(Shingling(unit, size), Bands(bands, rows), self.getSeed())


class MinHashSignatures(Estimator, _SigningParams, DefaultParamsReadable, DefaultParamsWritable):  # type: ignore[type-arg]
    """Settle bands and rows: as given; by ``preset``; or the fewest hashes with which ``recall`` is reached.

    Params: ``inputCol`` ("text"), ``outputCol`` ("signature"), ``unit`` ("words"), ``size`` (5), ``seed`` (1),
    ``engine`` ("kernel"), and ``bands`` with ``rows``, or ``threshold`` with ``recall``, or ``preset`` ("fineweb").

    Example:
        ``MinHashSignatures(preset="fineweb").fit(documents).transform(documents)``
    """

    preset = _param("preset", f"bands and rows by name: {', '.join(PRESETS)}", TypeConverters.toString)
    threshold = _param("threshold", "Jaccard similarity from which on pairs should be found", TypeConverters.toFloat)
    recall = _param("recall", "share of the pairs at the threshold to be found", TypeConverters.toFloat)

    def __init__(self, **params: Any) -> None:
        """Take params by name."""
        super().__init__()
        self._setDefault(preset="fineweb")
        self._begin(params)

    def _fit(self, dataset: DataFrame) -> "MinHashSignaturesModel":  # noqa: ARG002 the interface of an Estimator
        """Give the model; reads nothing.

        Raises:
            ValueError: bands are given without rows, or a threshold without a recall, or the other way round.
        """
        bands, rows = self._shape()
        model = self._copyValues(MinHashSignaturesModel())
        return model._set(bands=bands, rows=rows)

    def _shape(self) -> Bands:
        for one, other in (("bands", "rows"), ("threshold", "recall")):
            if self.isSet(one) != self.isSet(other):
                raise ValueError(f"{one} and {other}: given one of them; allowed: both, or neither")
        if self.isSet("bands"):
            return Bands(self.getOrDefault("bands"), self.getOrDefault("rows"))
        if self.isSet("threshold"):
            return smallest_bands(self.getOrDefault("threshold"), self.getOrDefault("recall"))
        return PRESETS[self.getOrDefault("preset")]


class MinHashSignaturesModel(Model, _SigningParams, DefaultParamsReadable, DefaultParamsWritable):  # type: ignore[type-arg]
    """Sign texts: ``transform`` appends a struct of ``n_shingles``, ``set_hash`` and ``bands``."""

    def __init__(self, **params: Any) -> None:
        """Take params by name."""
        super().__init__()
        self._begin(params)

    def _transform(self, dataset: DataFrame) -> DataFrame:
        sign = ENGINES[self.getOrDefault("engine")]
        return dataset.transform(sign(self.signing(), self.getInputCol(), self.getOutputCol()))
