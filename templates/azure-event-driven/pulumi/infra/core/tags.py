"""Tagging strategy: the same five tags on every resource that takes tags."""

from config.settings import EnvironmentSettings


def tags_of(settings: EnvironmentSettings, owner: str) -> dict[str, str]:
    """The tags of one environment. `owner` comes from the stack file, the rest from the settings."""
    return {
        "environment": settings.environment,
        "owner": owner,
        "project": settings.parameters.project,
        "managed-by": "pulumi",
        "cost-centre": settings.parameters.cost_centre,
    }
