"""Function apps: a worker each, inside the network, signed in with their identity."""

import pulumi
from pulumi_azure_native import web

from config.settings import EnvironmentSettings
from config.tables import WORKERS, Row
from infra.core.resource_group import ResourceGroup
from infra.functions.app_service_plan import create_plans
from infra.functions.storage import create_function_storage
from infra.observability.app_insights import connection_address


def create_functions(settings: EnvironmentSettings, resource_group: ResourceGroup) -> list[web.WebApp]:
    """Makes the storage of the workers and their plans, then an app for each."""
    create_function_storage(settings, resource_group)
    plans = create_plans(settings, resource_group)
    return [_function_app(settings, resource_group, worker, plans[worker["name"]]) for worker in WORKERS]


def _function_app(
    settings: EnvironmentSettings, resource_group: ResourceGroup, worker: Row, plan: web.AppServicePlan
) -> web.WebApp:
    name = worker["name"]
    tier = settings.tiers.functions
    identity = resource_group.get("identity", "functions")
    app = web.WebApp(
        f"function-{name}",
        name=resource_group.names.of("functionApp", name),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        kind="functionapp,linux",
        server_farm_id=plan.id,
        https_only=True,
        virtual_network_subnet_id=resource_group.subnet_id("functions") if tier != "Consumption" else None,
        key_vault_reference_identity=identity.id,
        identity=web.ManagedServiceIdentityArgs(type="UserAssigned", user_assigned_identities=[identity.id]),
        function_app_config=_flexible(resource_group, worker) if tier == "Flex Consumption" else None,
        site_config=_site(settings, resource_group, worker),
        # An app starts with its first look at its storage, so it has to be let in by then.
        opts=resource_group.layer("functions").options(*resource_group.all_of("functionRight").values()),
    )
    return resource_group.keep("functionApp", app, name)


def _site(settings: EnvironmentSettings, resource_group: ResourceGroup, worker: Row) -> web.SiteConfigArgs:
    tier = settings.tiers.functions
    return web.SiteConfigArgs(
        linux_fx_version=f"{worker['runtime']}|{worker['version']}" if tier != "Flex Consumption" else None,
        vnet_route_all_enabled=True if tier == "Premium" else None,
        min_tls_version="1.2",
        ftps_state="Disabled",
        # HTTP triggers answer the services and nobody else.
        ip_security_restrictions_default_action="Deny",
        ip_security_restrictions=[
            web.IpSecurityRestrictionArgs(
                name="from-app-subnet",
                priority=100,
                action="Allow",
                vnet_subnet_resource_id=resource_group.subnet_id("app"),
            )
        ],
        app_settings=[
            web.NameValuePairArgs(name=name, value=value)
            for name, value in _app_settings(settings, resource_group, worker).items()
        ],
    )


def _flexible(resource_group: ResourceGroup, worker: Row) -> web.FunctionAppConfigArgs:
    """What a flexible plan is told apart from the site: where the package lies, how far it scales, its runtime."""
    account = resource_group.get("functionStorage")
    return web.FunctionAppConfigArgs(
        deployment=web.FunctionsDeploymentArgs(
            storage=web.FunctionsDeploymentStorageArgs(
                type="blobContainer",
                value=pulumi.Output.concat(account.primary_endpoints.blob, worker["name"]),
                authentication=web.FunctionsDeploymentStorageAuthenticationArgs(
                    type="UserAssignedIdentity",
                    user_assigned_identity_resource_id=resource_group.get("identity", "functions").id,
                ),
            )
        ),
        scale_and_concurrency=web.FunctionsScaleAndConcurrencyArgs(maximum_instance_count=40, instance_memory_mb=2048),
        runtime=web.FunctionsRuntimeArgs(name=worker["runtime"], version=worker["version"]),
    )


def _app_settings(
    settings: EnvironmentSettings, resource_group: ResourceGroup, worker: Row
) -> dict[str, pulumi.Input[str]]:
    """Settings of an app. Connections are told as addresses and an identity; there is no key in any of them."""
    client_id = resource_group.get("identity", "functions").client_id
    values: dict[str, pulumi.Input[str]] = {}
    if settings.tiers.functions != "Flex Consumption":
        values["FUNCTIONS_EXTENSION_VERSION"] = "~4"
        values["FUNCTIONS_WORKER_RUNTIME"] = worker["runtime"]
        values["WEBSITE_RUN_FROM_PACKAGE"] = "1"
    values["AzureWebJobsStorage__accountName"] = resource_group.get("functionStorage").name
    values["AzureWebJobsStorage__credential"] = "managedidentity"
    values["AzureWebJobsStorage__clientId"] = client_id
    values["AZURE_CLIENT_ID"] = client_id
    if resource_group.has("serviceBus"):
        bus = resource_group.get("serviceBus").name
        values["ServiceBus__fullyQualifiedNamespace"] = pulumi.Output.concat(bus, ".servicebus.windows.net")
        values["ServiceBus__credential"] = "managedidentity"
        values["ServiceBus__clientId"] = client_id
    values |= {row["name"]: row["value"] for row in worker["app"]}
    values["STAGING_ACCOUNT"] = resource_group.get("etlStorage").name
    if resource_group.has("sqlServer"):
        values["SQL_SERVER"] = resource_group.get("sqlServer").fully_qualified_domain_name
        values["SQL_DATABASE"] = resource_group.get("sqlDatabase").name
    values["KEY_VAULT_URI"] = resource_group.get("keyVault").properties.vault_uri
    values["APPLICATIONINSIGHTS_CONNECTION_STRING"] = pulumi.Output.concat(
        "@Microsoft.KeyVault(SecretUri=", connection_address(resource_group), ")"
    )
    values["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] = pulumi.Output.concat(
        "ClientId=", client_id, ";Authorization=AAD"
    )
    return values
