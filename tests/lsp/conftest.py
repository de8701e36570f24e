"""A server and a fake editor on two pipes in one event loop."""

from harness.connection import Connect, Connection, connect, converter, log, personality

__all__ = ["Connect", "Connection", "connect", "converter", "log", "personality"]
