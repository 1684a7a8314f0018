"""
Records of arrays, handed to compiled code by one address.

numba hands a named tuple over array by array: seven words for each, at every call from one compiled function to
another. For the hundred fields of a run that made most of what there was to compile. A `Record` is handed over as
the address of a *directory* instead, where the words of each field stand one behind another: of a number its
value, of an array its address and its shape. Compiled code reads a field as Python does, by its name.
"""

from __future__ import annotations

from functools import cache, reduce
from hashlib import blake2b
from typing import Any

import numpy as np
from numba import types
from numba.core.cgutils import gep_inbounds, intp_t, pack_array
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)
from numba.np.numpy_support import from_dtype


class Record:
    """
    A named tuple of whole numbers and contiguous arrays, as compiled code takes it.

    It may be read as long as this object lives. What compiled code writes into an array is seen in the tuple.

    Raises
    ------
    TypeError
        If an array is not contiguous.
    """

    def __init__(self, fields: Any) -> None:
        self.fields = fields
        words: list[int] = []
        for name, value in fields._asdict().items():
            if isinstance(value, np.ndarray):
                if not value.flags.c_contiguous:
                    raise TypeError(f"{name}: the array is not contiguous.")
                words += [value.__array_interface__["data"][0], *value.shape]
            else:
                words.append(value)
        self.directory = np.array(words, np.int64)
        self.address = self.directory.ctypes.data
        self.type = _type(type(fields).__name__, fields._fields, tuple(map(_kind, fields)))

    def __getattr__(self, field: str) -> Any:
        """Return a field, so that the kernel reads the same where it is not compiled (`NUMBA_DISABLE_JIT`)."""
        return getattr(self.fields, field)


def _kind(value: Any) -> tuple[np.dtype[Any], int] | None:
    return (value.dtype, value.ndim) if isinstance(value, np.ndarray) else None


@cache
def _type(
    name: str, fields: tuple[str, ...], kinds: tuple[tuple[np.dtype[Any], int] | None, ...]
) -> RecordType:
    members = (types.Array(from_dtype(kind[0]), kind[1], "C") if kind else types.int64 for kind in kinds)
    return RecordType(name, tuple(zip(fields, members, strict=True)))


class RecordType(types.Type):
    """
    The type of a record: where each field stands in the directory, and what it is.

    Its name tells it apart, by the names and the types of its fields: code that was compiled and kept for another
    record does not fit this one. Numba looks at the name at every call, so it is short.
    """

    def __init__(self, name: str, members: tuple[tuple[str, types.Type], ...]) -> None:
        self.at: dict[str, tuple[int, types.Type]] = {}
        place = 0
        for field, member in members:
            self.at[field] = place, member
            place += 1 + member.ndim if isinstance(member, types.Array) else 1
        layout = blake2b(repr(members).encode(), digest_size=8).hexdigest()
        super().__init__(f"{name}_{layout}")


register_model(RecordType)(models.OpaqueModel)


@typeof_impl.register(Record)
def _typeof(record: Record, _: Any) -> RecordType:
    return record.type


@unbox(RecordType)
def _address(_: RecordType, record: Any, c: Any) -> NativeValue:
    number = c.pyapi.object_getattr_string(record, "address")
    address = c.pyapi.long_as_voidptr(number)
    c.pyapi.decref(number)
    return NativeValue(address)


@infer_getattr
class _Attributes(AttributeTemplate):
    key = RecordType

    def generic_resolve(self, record: RecordType, field: str) -> types.Type | None:  # type: ignore[override]  # theirs is a stub
        return record.at[field][1] if field in record.at else None


@lower_getattr_generic(RecordType)
def _read(context: Any, builder: Any, record: RecordType, address: Any, field: str) -> Any:
    """Write the code that reads a field: the word of a number, or an array made of its address and its shape."""
    place, member = record.at[field]
    words = builder.bitcast(address, intp_t.as_pointer())

    def word(number: int) -> Any:
        loaded = builder.load(gep_inbounds(builder, words, number))
        # The directory is never written, so whatever is stored between two readings, one is enough.
        loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
        return loaded

    if not isinstance(member, types.Array):
        return word(place)
    model = context.data_model_manager[member]
    shape = [word(place + 1 + axis) for axis in range(member.ndim)]
    itemsize = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(member.dtype)))
    strides = [itemsize]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    array = model.get_value_type()(None)
    data = builder.inttoptr(word(place), context.get_data_type(member.dtype).as_pointer())
    parts = {
        "nitems": reduce(builder.mul, shape),
        "itemsize": itemsize,
        "data": data,
        "shape": pack_array(builder, shape),
        "strides": pack_array(builder, strides),
    }
    for name, part in parts.items():
        array = model.set(builder, array, part, name)
    return array
