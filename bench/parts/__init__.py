"""The parts of the benchmark: each has a `TITLE` and a `run` that returns Markdown."""
