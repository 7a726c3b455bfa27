"""Role assignments: the least that an identity needs, each on one resource alone."""

import pulumi
from pulumi_azure_native import authorization

from config.settings import EnvironmentSettings
from config.tables import ROLES, Row
from infra.core.resource_group import ResourceGroup


def assign_roles(
    settings: EnvironmentSettings, resource_group: ResourceGroup, step: str
) -> list[authorization.RoleAssignment]:
    """Gives identities the roles of one step of the table, where they hold in this environment."""
    return [
        assign_role(
            resource_group,
            row,
            resource_group.names.of("roleAssignment", row["name"]),
            resource_group.get(row["of"]),
            resource_group.get("identity", row["identity"]).principal_id,
        )
        for row in ROLES
        if row["step"] == step and settings.is_on(row["when"])
    ]


def assign_role(
    resource_group: ResourceGroup,
    row: Row,
    name: str,
    resource: pulumi.CustomResource,
    principal: pulumi.Input[str],
) -> authorization.RoleAssignment:
    """Gives a principal the role of a row on a resource. `name` is the GUID of the assignment."""
    role = row["role"]
    return authorization.RoleAssignment(
        row["name"],
        role_assignment_name=name,
        scope=resource.id,
        role_definition_id=resource_group.group.id.apply(lambda group: _definition_id(group, role)),
        principal_id=principal,
        principal_type="ServicePrincipal",
        description=row["title"],
        opts=resource_group.layer(row["step"]).options(),
    )


def _definition_id(group: str, role: str) -> str:
    """A role's id as Azure gives it back, told in full so that it never looks changed."""
    subscription = group.split("/")[2]
    return f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
