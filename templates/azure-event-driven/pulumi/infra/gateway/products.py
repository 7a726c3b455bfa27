"""API products and subscriptions: the key that opens the APIs, with a rate and a quota."""

import pulumi
from pulumi_azure_native import apimanagement

from infra.core.resource_group import ResourceGroup
from infra.gateway.policies import FORMAT, policy_xml

PRODUCT = "services"


def create_product(resource_group: ResourceGroup, apis: dict[str, apimanagement.Api]) -> apimanagement.Product:
    """Makes the product of all APIs, its policy, and one subscription to it."""
    options = resource_group.layer("gateway").options()
    gateway = resource_group.get("apiManagement")
    product = apimanagement.Product(
        "product",
        product_id=PRODUCT,
        display_name="Services",
        description="All microservices, by subscription key.",
        subscription_required=True,
        approval_required=True,
        state="published",
        service_name=gateway.name,
        resource_group_name=resource_group.name,
        opts=options,
    )
    apimanagement.ProductPolicy(
        "product-policy",
        policy_id="policy",
        product_id=product.name,
        format=FORMAT,
        value=policy_xml("product"),
        service_name=gateway.name,
        resource_group_name=resource_group.name,
        opts=options,
    )
    for service, api in apis.items():
        apimanagement.ProductApi(
            f"product-{service}",
            product_id=product.name,
            api_id=api.name,
            service_name=gateway.name,
            resource_group_name=resource_group.name,
            opts=options,
        )
    apimanagement.Subscription(
        "subscription",
        sid=PRODUCT,
        display_name="First subscription of the services",
        scope=pulumi.Output.concat(gateway.id, "/products/", product.name),
        state="active",
        allow_tracing=False,
        service_name=gateway.name,
        resource_group_name=resource_group.name,
        opts=options,
    )
    return product
