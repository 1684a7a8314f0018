"""What the kernel asks of numba: no reference counting, records by one address, code that stands once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from numba import njit
from numba.core.errors import TypingError

from lawqueue.engine.jit import entry, inlined, kernel
from lawqueue.engine.record import Record


def put(target: Any, place: Any, value: Any) -> None:
    target[place] = value


def test_a_compiled_function_counts_no_references() -> None:
    helper = kernel(put)

    def fill(target: Any) -> None:
        for place in range(target.size):
            helper(target, place, 1)

    ours = entry(fill)
    ours(np.zeros(3))
    assert "NRT_incref" not in next(iter(ours.inspect_llvm().values()))  # type: ignore[attr-defined]  # a dispatcher


def test_the_check_would_notice_reference_counting() -> None:
    inner = njit(put)

    def keep(target: Any) -> Any:
        inner(target, 0, 1)
        return target

    counted = njit(keep)
    counted(np.zeros(3))
    assert "NRT_incref" in next(iter(counted.inspect_llvm().values()))


class Few(NamedTuple):
    many: int
    line: Any
    table: Any
    places: Any


def few() -> Few:
    table = np.arange(12.0).reshape(3, 4)
    return Few(7, np.array([5, 6]), table, np.zeros((2, 3, 2), np.int32))


@entry
def look(record: Any, into: Any) -> Any:
    into[0] = record.many
    into[1] = record.line[-1]
    into[2] = record.table[2, 1]
    into[3] = record.table.size + record.places.shape[1]
    into[4] = record.table[1].sum()
    record.places[1, 2, 0] = 9
    return record.line.size


def test_compiled_code_reads_and_writes_the_fields_of_a_record_as_python_does() -> None:
    fields, into = few(), np.zeros(5)
    assert look(Record(fields), into) == 2
    assert into.tolist() == [7, 6, 9, 15, 4 + 5 + 6 + 7]
    assert fields.places.ravel().tolist() == [0] * 10 + [9, 0]


def test_records_of_other_fields_have_other_types() -> None:
    one = Record(few())
    assert one.type == Record(few()).type
    assert one.type != Record(few()._replace(line=np.zeros(2))).type
    assert one.type != Record(few()._replace(line=np.zeros((1, 2), np.int64))).type


def test_an_array_that_is_not_contiguous_is_refused() -> None:
    with pytest.raises(TypeError, match="table: the array is not contiguous"):
        Record(few()._replace(table=np.zeros((3, 4))[:, :2]))


def test_a_field_that_a_record_does_not_have_is_refused() -> None:
    def stranger(record: Any) -> Any:
        return record.nothing

    with pytest.raises(TypingError, match="nothing"):
        entry(stranger)(Record(few()))


def test_what_an_inlined_function_calls_is_not_inlined_unless_it_says_so() -> None:
    """Numba hands the wish down; the inner loop would then stand in the code once for every phase that enters it."""
    helper = kernel(put)

    def middle(target: Any, place: Any) -> None:
        helper(target, place, 1)

    through = inlined(middle)

    def fill(target: Any) -> None:
        through(target, 0)
        through(target, 1)

    ours = entry(fill)
    ours(np.zeros(3))
    middles, helpers = (next(iter(each.inspect_llvm().values())) for each in (through, helper))  # type: ignore[attr-defined]  # dispatchers
    assert "alwaysinline" in middles
    assert "alwaysinline" not in helpers
