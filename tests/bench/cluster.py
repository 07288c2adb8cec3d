"""Search for near copies on whatever Spark this process is given; prints a line of JSON.

For ``tests/jobs/test_small_driver.py``: a driver that would be too small for anything that grows with the documents.
"""

import json
import sys
from pathlib import Path

from tests.bench.near import near_legs


def main() -> None:
    """Search among ``sys.argv[2]`` documents, in the folder ``sys.argv[1]``."""
    [told] = near_legs(Path(sys.argv[1]), [int(sys.argv[2])])
    print(json.dumps(told))


if __name__ == "__main__":
    main()
