"""The limb arithmetic against exact whole numbers."""

from hypothesis import given
from hypothesis import strategies as st

from pumpfw.fixed import LIMB, MASK, divide, muldiv

small = st.integers(0, MASK)


@given(small, small, st.integers(1, (1 << 29) - 1))
def test_muldiv_is_the_floor_of_the_exact_quotient_or_saturates(a, b, c):
    assert muldiv(a, b, c) == min(a * b // c, MASK)


@given(small, small, st.integers(1, (1 << 29) - 1))
def test_divide_is_the_floor_of_the_exact_quotient_or_saturates(hi, lo, c):
    assert divide(hi, lo, c) == min((hi * LIMB + lo) // c, MASK)
