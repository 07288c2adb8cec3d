"""Where a run is to be made and what that costs: ``conf/clusters/*.toml``, for ``sluice plan``."""

from typing import Annotated

from pydantic import Field

from schemas.shapes import Name, Positive, Shape

Price = Annotated[float, Field(ge=0)]


class Cluster(Shape):
    """Machines of one kind, and prices: a plan is as good as these."""

    name: Name
    machines: Positive
    cores: Positive
    """Of each machine, that Spark works with."""
    currency: str = "USD"
    price_per_machine_hour: Price = 0.0
    """All that is paid for an hour of one machine: the machine itself, and the service's own charge."""
    price_per_gb_month: Price = 0.0
    """Of what the tables take up (10^9 bytes)."""
