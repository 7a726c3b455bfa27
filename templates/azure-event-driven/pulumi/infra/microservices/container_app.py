"""Container apps: a microservice each, reached from inside alone, scaled by what comes in."""

import pulumi
from pulumi_azure_native import app

from config.settings import EnvironmentSettings
from config.tables import LISTENERS
from infra.core.resource_group import ResourceGroup
from infra.microservices.dapr import PORT, dapr_of
from infra.microservices.environment import create_apps_environment, create_routes
from infra.observability.app_insights import CONNECTION_SECRET, connection_address


def create_container_apps(settings: EnvironmentSettings, resource_group: ResourceGroup) -> list[app.ContainerApp]:
    """Makes the environment, one app for each service of the parameter, and the routes to them."""
    create_apps_environment(settings, resource_group)
    apps = [_container_app(settings, resource_group, service) for service in settings.parameters.services]
    create_routes(settings, resource_group)
    return apps


def _container_app(settings: EnvironmentSettings, resource_group: ResourceGroup, service: str) -> app.ContainerApp:
    identity = resource_group.get("identity", "services")
    made = app.ContainerApp(
        service,
        container_app_name=resource_group.names.of("containerApp", service),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        environment_id=resource_group.get("appsEnvironment").id,
        workload_profile_name=settings.tiers.container_apps,
        identity=app.ManagedServiceIdentityArgs(type="UserAssigned", user_assigned_identities=[identity.id]),
        configuration=app.ConfigurationArgs(
            active_revisions_mode="Single",
            secrets=[
                app.SecretArgs(
                    name=CONNECTION_SECRET, key_vault_url=connection_address(resource_group), identity=identity.id
                )
            ],
            ingress=app.IngressArgs(external=False, target_port=PORT, transport="auto", allow_insecure=False),
            dapr=dapr_of(settings, service),
        ),
        template=app.TemplateArgs(
            containers=[
                app.ContainerArgs(
                    name=service,
                    image=settings.parameters.container_image,
                    resources=app.ContainerResourcesArgs(cpu=0.5, memory="1Gi"),
                    env=[
                        *(
                            app.EnvironmentVarArgs(name=name, value=value)
                            for name, value in _variables(resource_group).items()
                        ),
                        app.EnvironmentVarArgs(
                            name="APPLICATIONINSIGHTS_CONNECTION_STRING", secret_ref=CONNECTION_SECRET
                        ),
                    ],
                )
            ],
            scale=app.ScaleArgs(
                min_replicas=settings.scale.min_replicas,
                max_replicas=settings.scale.max_replicas,
                rules=_scale_rules(resource_group, service),
            ),
        ),
        opts=resource_group.layer("microservices").options(),
    )
    return resource_group.keep("containerApp", made, service)


def _scale_rules(resource_group: ResourceGroup, service: str) -> list[app.ScaleRuleArgs]:
    """KEDA rules: requests for every service, and the length of its queue for one that listens to a queue."""
    requests = app.ScaleRuleArgs(name="requests", http=app.HttpScaleRuleArgs(metadata={"concurrentRequests": "50"}))
    queue = LISTENERS.get(service)
    if queue is None or not resource_group.has("serviceBus"):
        return [requests]
    bus = resource_group.get("serviceBus").name
    messages = app.ScaleRuleArgs(
        name="messages",
        custom=app.CustomScaleRuleArgs(
            type="azure-servicebus",
            identity=resource_group.get("identity", "services").id,
            metadata={"namespace": bus, "queueName": queue, "messageCount": "20"},
        ),
    )
    return [messages, requests]


def _variables(resource_group: ResourceGroup) -> dict[str, pulumi.Input[str]]:
    """What a service is told. Addresses and an identity; there is no key among them."""
    values: dict[str, pulumi.Input[str]] = {}
    values["AZURE_CLIENT_ID"] = resource_group.get("identity", "services").client_id
    if resource_group.has("serviceBus"):
        values["SERVICE_BUS_NAMESPACE"] = resource_group.get("serviceBus").name
    values["KEY_VAULT_URI"] = resource_group.get("keyVault").properties.vault_uri
    if resource_group.has("sqlServer"):
        values["SQL_SERVER"] = resource_group.get("sqlServer").fully_qualified_domain_name
        values["SQL_DATABASE"] = resource_group.get("sqlDatabase").name
    if resource_group.has("redisCache"):
        values["REDIS_HOST"] = resource_group.get("redisCache").host_name
    if resource_group.has("cosmosAccount"):
        values["COSMOS_ENDPOINT"] = resource_group.get("cosmosAccount").document_endpoint
        values["COSMOS_DATABASE"] = resource_group.names.of("cosmosDatabase")
    return values
