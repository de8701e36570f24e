"""A server and a fake editor on two pipes in one event loop."""

from harness.connection import connect, converter, log, personality

__all__ = ["connect", "converter", "log", "personality"]
