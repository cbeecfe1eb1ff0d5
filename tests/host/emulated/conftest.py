"""The emulated boards that these tests share."""

from tests.support.emulated import booted, prompt

__all__ = ["booted", "prompt"]
