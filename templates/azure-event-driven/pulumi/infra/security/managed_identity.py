"""Managed identities: one for each kind of work, so that no key is handed out and none may do more than it needs."""

from pulumi_azure_native import managedidentity

from config.settings import EnvironmentSettings
from config.tables import IDENTITIES
from infra.core.resource_group import ResourceGroup


def create_identities(
    settings: EnvironmentSettings, resource_group: ResourceGroup
) -> list[managedidentity.UserAssignedIdentity]:
    """Makes the identities of the work that there is in this environment."""
    return [_identity(resource_group, row["name"]) for row in IDENTITIES if settings.is_on(row["when"])]


def _identity(resource_group: ResourceGroup, who: str) -> managedidentity.UserAssignedIdentity:
    identity = managedidentity.UserAssignedIdentity(
        f"identity-{who}",
        resource_name_=resource_group.names.of("identity", who),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        opts=resource_group.layer("security").options(),
    )
    return resource_group.keep("identity", identity, who)
