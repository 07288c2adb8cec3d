"""One step that takes from texts what others have too: what each way of finding it needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pyspark.sql import DataFrame

from jobs.common.context import Context
from jobs.common.final_texts import texts_of
from jobs.common.judged import passed
from jobs.common.measured import documented_units
from jobs.common.parallel import each
from jobs.common.scratch import Scratch
from jobs.common.tables import Place
from schemas.steps import AnyStep
from schemas.tables import UNIT_KEY
from schemas.text_dedup import TextDedupStep
from transforms.lineage import dedup_id


@dataclass(frozen=True)
class Thinning:
    """One such step's work.

    Attributes:
        context: The command's surroundings.
        step: What is asked.
        before: The recipe's steps before it, with scores in place of shares.
        population: As for ``judged``.
        scratch: Where it writes on its way.
    """

    context: Context
    step: TextDedupStep
    before: Sequence[AnyStep]
    population: str
    scratch: Scratch

    @property
    def step_id(self) -> str:
        """What its rows are known by."""
        return dedup_id(self.context.recipe, self.step, self.population)

    def at_each_unit(self, do: Callable[[Place], None]) -> None:
        """Do something for every unit with documents, a few at a time."""
        units = documented_units(self.context).orderBy("unit").collect()
        for _ in each(do, [{name: unit[name] for name in UNIT_KEY} for unit in units]):
            pass

    def coming(self, place: Place) -> DataFrame:
        """Give, as ``texts_of`` does, the documents of a unit that come to the step."""
        return self.chosen(place, passed(self.context, self.before, self.population, place).select("doc_id"))

    def chosen(self, place: Place, ids: DataFrame) -> DataFrame:
        """Give, as ``texts_of`` does, some documents of a unit, and nothing else of ``ids`` than it has."""
        return texts_of(self.context, place, self.before, ids)
