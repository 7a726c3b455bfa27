"""The API Management instance: the one way in, which reaches the services through the network."""

from pulumi_azure_native import apimanagement

from config.settings import EnvironmentSettings
from infra.core.resource_group import ResourceGroup
from infra.gateway.apis import create_apis
from infra.gateway.credentials import create_credentials
from infra.gateway.policies import create_gateway_policy
from infra.gateway.products import create_product
from infra.networking.nat_gateway import create_public_address

# What a tier of the table is called by API Management.
SKUS = {"Developer": "Developer", "Standard": "Standard", "Standard v2": "StandardV2"}
OLD_PROTOCOLS = [
    f"Microsoft.WindowsAzure.ApiManagement.Gateway.Security.{side}Protocols.{protocol}"
    for side in ("", "Backend.")
    for protocol in ("Tls10", "Tls11")
]


def create_gateway(
    settings: EnvironmentSettings, resource_group: ResourceGroup
) -> apimanagement.ApiManagementService:
    """Makes the instance with its policies, one API for each service, and the product that asks for a key."""
    gateway = _service(settings, resource_group)
    create_gateway_policy(resource_group, create_credentials(settings, resource_group))
    create_product(resource_group, create_apis(settings, resource_group))
    return gateway


def _service(settings: EnvironmentSettings, resource_group: ResourceGroup) -> apimanagement.ApiManagementService:
    names = resource_group.names
    tier = settings.tiers.api_management
    # The first generation stands in the network with an address of its own; the second reaches in; Standard cannot.
    is_inside = tier == "Developer"
    reaches_in = tier != "Standard"
    label = names.of("apiManagement")
    address = create_public_address(resource_group, "gatewayAddress", "gateway", label) if is_inside else None
    identity = resource_group.get("identity", "gateway")
    subnet = apimanagement.VirtualNetworkConfigurationArgs(subnet_resource_id=resource_group.subnet_id("gateway"))
    gateway = apimanagement.ApiManagementService(
        "gateway",
        service_name=names.of("apiManagement"),
        resource_group_name=resource_group.name,
        location=resource_group.location,
        tags=resource_group.tags,
        sku=apimanagement.ApiManagementServiceSkuPropertiesArgs(name=SKUS[tier], capacity=1),
        publisher_name=settings.parameters.publisher_name,
        publisher_email=settings.parameters.publisher_email,
        public_network_access="Enabled",
        identity=apimanagement.ApiManagementServiceIdentityArgs(
            type="UserAssigned", user_assigned_identities=identity.id.apply(lambda one: {one: {}})
        ),
        virtual_network_type="External" if reaches_in else "None",
        virtual_network_configuration=subnet if reaches_in else None,
        public_ip_address_id=address.id if address is not None else None,
        custom_properties=dict.fromkeys(OLD_PROTOCOLS, "False") if is_inside else None,
        opts=resource_group.layer("gateway").options(),
    )
    return resource_group.keep("apiManagement", gateway)
