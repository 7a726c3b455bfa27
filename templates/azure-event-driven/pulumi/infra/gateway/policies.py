"""Policies of the gateway. What they say stands as API Management reads it in `xml/`, a file each."""

from pathlib import Path

from pulumi_azure_native import apimanagement

from infra.core.resource_group import ResourceGroup

FOLDER = Path(__file__).with_name("xml")
FORMAT = "xml"


def policy_xml(name: str) -> str:
    """The text of a policy: `gateway` for every call, `product` for rate and quota, `api` for the cache."""
    return (FOLDER / f"{name}-policy.xml").read_text(encoding="utf-8").strip()


def create_gateway_policy(
    resource_group: ResourceGroup, values: list[apimanagement.NamedValue]
) -> apimanagement.Policy:
    """Makes the policy of every call: who may come in. It refers to named values, so these come first."""
    return apimanagement.Policy(
        "gateway-policy",
        policy_id="policy",
        service_name=resource_group.get("apiManagement").name,
        resource_group_name=resource_group.name,
        format=FORMAT,
        value=policy_xml("gateway"),
        opts=resource_group.layer("gateway").options(*values),
    )
