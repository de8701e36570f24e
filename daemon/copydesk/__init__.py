"""An editorial desk inside the writer's editor."""

__version__ = "0.1.0"
