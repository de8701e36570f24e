"""Citations: reading them, writing them, and checking that they hold."""
