"""Dapr of a container app. Made when the parameter enable_dapr is on."""

from pulumi_azure_native import app

from config.settings import EnvironmentSettings

PORT = 80


def dapr_of(settings: EnvironmentSettings, service: str) -> app.DaprArgs | None:
    """The Dapr block of a service, or None while Dapr is off."""
    if not settings.parameters.enable_dapr:
        return None
    return app.DaprArgs(enabled=True, app_id=service, app_port=PORT)
