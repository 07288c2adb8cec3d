"""Everything with an effect: each file here is one command, and can be given to spark-submit."""
