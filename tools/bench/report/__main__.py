"""`python -m tools.bench.report`: write the pages anew from docs/performance.json."""

from tools.bench import data
from tools.bench.report.writing import write_pages

if __name__ == "__main__":
    write_pages(data.load())
