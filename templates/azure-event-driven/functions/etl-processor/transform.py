"""The transformation itself: rows of a CSV file become JSON lines. It knows nothing of Azure, so it can be tried alone."""

import csv
import io
import json
from collections.abc import Iterator


def to_json_lines(text: str) -> Iterator[str]:
    """One JSON object a row, blanks trimmed and empty cells null. Raises ValueError for a row of another length."""
    rows = csv.reader(io.StringIO(text))
    head = [name.strip() for name in next(rows, [])]
    if not head or len(set(head)) != len(head) or "" in head:
        raise ValueError("the first line has to name every column, each once")
    for row in rows:
        if not row:
            continue
        if len(row) != len(head):
            raise ValueError(f"line {rows.line_num} has {len(row)} cells and the first line names {len(head)}")
        cells = [cell.strip() or None for cell in row]
        yield json.dumps(dict(zip(head, cells, strict=True)), ensure_ascii=False)
