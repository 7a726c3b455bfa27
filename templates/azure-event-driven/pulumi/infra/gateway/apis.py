"""API definitions: one API for each microservice, all its operations passed on."""

import pulumi
from pulumi_azure_native import apimanagement

from config.settings import EnvironmentSettings
from config.tables import METHODS
from infra.core.resource_group import ResourceGroup
from infra.gateway.policies import FORMAT, policy_xml


def create_apis(settings: EnvironmentSettings, resource_group: ResourceGroup) -> dict[str, apimanagement.Api]:
    """Makes the APIs of the services that are there. None of them answers without a subscription key."""
    return {service: _api(resource_group, service) for service in resource_group.all_of("containerApp")}


def _api(resource_group: ResourceGroup, service: str) -> apimanagement.Api:
    options = resource_group.layer("gateway").options()
    gateway = resource_group.get("apiManagement").name
    domain = resource_group.get("appsEnvironment").default_domain
    api = apimanagement.Api(
        f"api-{service}",
        api_id=service,
        display_name=service,
        path=service,
        protocols=["https"],
        subscription_required=True,
        service_url=pulumi.Output.concat("https://services.", domain, "/", service),
        service_name=gateway,
        resource_group_name=resource_group.name,
        opts=options,
    )
    for method in METHODS:
        apimanagement.ApiOperation(
            f"api-{service}-{method}",
            operation_id=method,
            display_name=method,
            method=method,
            url_template="/*",
            api_id=api.name,
            service_name=gateway,
            resource_group_name=resource_group.name,
            opts=options,
        )
    apimanagement.ApiPolicy(
        f"api-{service}-policy",
        policy_id="policy",
        api_id=api.name,
        format=FORMAT,
        value=policy_xml("api"),
        service_name=gateway,
        resource_group_name=resource_group.name,
        opts=options,
    )
    return api
