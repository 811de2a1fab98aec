"""What the accounts service hands to the classes that do its work."""

from typing import Any, TypeAlias

# The accounts service with its dependencies, which Nameko injects in place of their providers:
# type checkers see the providers.
Injected: TypeAlias = Any
