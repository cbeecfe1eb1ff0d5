"""A chunk holds its records exactly, and can be read by what docs/store.md says alone."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.host.store.samples import records_of

from pumpbench.store import Store, chunks
from pumpbench.store.errors import BadEntryError

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "store.md"
FORMATS = ("|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8")


@st.composite
def any_records(draw: st.DrawFn) -> Any:
    formats = draw(st.lists(st.sampled_from(FORMATS), max_size=4))
    fields = [("boot", "<u4"), ("counter", "<u8"), ("time_us", "<u8")]
    fields += [(f"field{index}", form) for index, form in enumerate(formats)]
    dtype = np.dtype(fields)
    count = draw(st.integers(1, 40))
    return np.frombuffer(
        draw(st.binary(min_size=count * dtype.itemsize, max_size=count * dtype.itemsize)), dtype
    )


@given(any_records())
def test_every_field_comes_back_as_it_was(records: Any) -> None:
    layout = chunks.layout_of(records.dtype)
    assert (chunks.decode(chunks.encode(records), len(records), layout) == records).all()


@given(any_records())
def test_a_column_can_be_read_without_the_others(records: Any) -> None:
    last = records.dtype.names[-1]
    read = chunks.decode(chunks.encode(records), len(records), chunks.layout_of(records.dtype), (last,))
    assert read.dtype.names == (last,)
    assert (read[last] == records[last]).all()


def test_what_docs_store_md_says_is_enough_to_read_a_run(store: Store, run: int, path: Path) -> None:
    records = records_of(1, [*range(20), *range(30, 40)])
    records["measured_nl"][3] = -(2**62)
    store.append_records(run, records)
    code = DOCUMENT.read_text().split("```python\n")[1].split("```")[0]
    namespace: dict[str, Any] = {}
    exec(code, namespace)  # the document's own reader
    read = [tuple(record.values()) for record in namespace["records"](path, run)]
    assert read == records.tolist()


@pytest.mark.parametrize(
    ("dtype", "named"),
    [
        ([("boot", "u4"), ("counter", "u8")], "time_us"),
        ([*[(n, "u8") for n in chunks.KEY_FIELDS], ("x", "f8")], "x"),
    ],
)
def test_records_without_their_keys_or_with_floats_are_refused_by_field(dtype: Any, named: str) -> None:
    with pytest.raises(BadEntryError, match=f"'{named}'"):
        chunks.layout_of(np.dtype(dtype))
