"""Names that are no settings: keys of config.yaml, and variables that resemble a setting."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

# Keys of config.yaml that are Nameko's and no settings.
NAMEKO_KEYS = ("LOGGING", "SERVICE_CONTAINER_CLS")
# The SDK of OpenTelemetry reads variables of its own, and some resemble the setting.
FOREIGN_PREFIXES = ("OTEL_",)
# The environment has much that is not Arbiter's: only what is as similar as this is meant for it.
MIN_SIMILARITY = 0.85


def unknown_keys(config: Iterable[str], settings: Collection[str]) -> list[str]:
    """Return a sentence for each key of the configuration that is no setting."""
    unknown = [name for name in config if name not in settings and name not in NAMEKO_KEYS]
    return [_sentence(name, _meant(name, settings, 0.6)) for name in unknown]


def misspelt_variables(environment: Iterable[str], settings: Collection[str]) -> list[str]:
    """Return a sentence for each variable that is no setting, and resembles one."""
    unknown = [
        name for name in environment
        if name not in settings and not name.startswith(FOREIGN_PREFIXES)
    ]
    meant = {name: _meant(name, settings, MIN_SIMILARITY) for name in unknown}
    return [_sentence(name, setting) for name, setting in meant.items() if setting]


def _meant(name: str, settings: Collection[str], min_similarity: float) -> str | None:
    near = get_close_matches(name, settings, n=1, cutoff=min_similarity)
    return near[0] if near else None


def _sentence(name: str, meant: str | None) -> str:
    return f"{name} is no setting{f': is {meant} meant?' if meant else ''}"
