"""The rules themselves. Each looks at one resource and says what is wrong with it; none knows of Pulumi.

Properties have the names of Azure's own interface, as policy packs are given them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from environments import PRIVATE, PURGE_PROTECTED

Properties = dict[str, Any]


@dataclass(frozen=True)
class Looked:
    """A resource as a rule sees it."""

    environment: str
    type: str
    properties: Properties


@dataclass(frozen=True)
class Rule:
    """A rule: its name, what it asks for in a sentence, and what it finds."""

    name: str
    description: str
    find: Callable[[Looked], Iterator[str]]


TAGS = ("environment", "owner", "project", "managed-by", "cost-centre")
VAULT = "azure-native:keyvault:Vault"
STORAGE = "azure-native:storage:StorageAccount"
SQL = "azure-native:sql:Server"
BUS = "azure-native:servicebus:Namespace"
REDIS = "azure-native:redis:Redis"
COSMOS = "azure-native:cosmosdb:DatabaseAccount"
INSIGHTS = "azure-native:applicationinsights:Component"
SITE = "azure-native:web:WebApp"
# What stands before a key in the connection strings of Azure.
KEY_WORDS = ("accountkey=", "sharedaccesskey=", "sharedaccesssignature=", "instrumentationkey=", "password=", "pwd=")
EVERYWHERE = ("*", "Internet", "0.0.0.0/0", "0.0.0.0", "Any")
# Owner, Contributor, User Access Administrator, Role Based Access Control Administrator.
BROAD_ROLES = (
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
)

# Type, property, the values it may have.
Wanted = tuple[str, str, tuple[Any, ...]]
IN_TRANSIT: tuple[Wanted, ...] = (
    (STORAGE, "minimumTlsVersion", ("TLS1_2", "TLS1_3")),
    (STORAGE, "enableHttpsTrafficOnly", (True,)),
    (SQL, "minimalTlsVersion", ("1.2", "1.3")),
    (BUS, "minimumTlsVersion", ("1.2", "1.3")),
    (REDIS, "minimumTlsVersion", ("1.2",)),
    (REDIS, "enableNonSslPort", (False,)),
    (COSMOS, "minimalTlsVersion", ("Tls12",)),
    (SITE, "httpsOnly", (True,)),
    (SITE, "siteConfig.minTlsVersion", ("1.2", "1.3")),
    (SITE, "siteConfig.ftpsState", ("Disabled",)),
)
WITHOUT_KEYS: tuple[Wanted, ...] = (
    (STORAGE, "allowSharedKeyAccess", (False,)),
    (BUS, "disableLocalAuth", (True,)),
    (REDIS, "disableAccessKeyAuthentication", (True,)),
    (COSMOS, "disableLocalAuth", (True,)),
    (INSIGHTS, "disableLocalAuth", (True,)),
    (SQL, "administrators.azureADOnlyAuthentication", (True,)),
    (VAULT, "properties.enableRbacAuthorization", (True,)),
)
CLOSED: tuple[Wanted, ...] = tuple(
    (kind, f"{'properties.' if kind == VAULT else ''}publicNetworkAccess", ("Disabled",))
    for kind in (VAULT, STORAGE, SQL, BUS, REDIS, COSMOS)
)


def _value(properties: Properties, path: str) -> Any:
    found: Any = properties
    for part in path.split("."):
        found = found.get(part) if hasattr(found, "get") else None
    return found


def _wanted(looked: Looked, table: tuple[Wanted, ...]) -> Iterator[str]:
    for kind, path, values in table:
        found = _value(looked.properties, path)
        if looked.type == kind and found not in values:
            told = "not set" if found is None else repr(found)
            yield f"{path} is {told} and has to be {' or '.join(repr(value) for value in values)}"


def _no_keys_in_settings(looked: Looked) -> Iterator[str]:
    """Settings of function apps and variables of containers: addresses, and where in the vault a secret is."""
    settings = list(_value(looked.properties, "siteConfig.appSettings") or [])
    for container in _value(looked.properties, "template.containers") or []:
        settings.extend(container.get("env") or [])
    for setting in settings:
        value = str(setting.get("value") or "").lower()
        if any(word in value for word in KEY_WORDS):
            yield f"{setting.get('name')} holds a key"


def _closed(looked: Looked) -> Iterator[str]:
    if looked.environment in PRIVATE:
        yield from _wanted(looked, CLOSED)


def _no_public_blobs(looked: Looked) -> Iterator[str]:
    yield from _wanted(looked, ((STORAGE, "allowBlobPublicAccess", (False,)),))
    access = looked.properties.get("publicAccess")
    if looked.type == "azure-native:storage:BlobContainer" and access != "None":
        yield f"publicAccess is {access!r} and has to be 'None'"


def _recoverable(looked: Looked) -> Iterator[str]:
    yield from _wanted(looked, ((VAULT, "properties.enableSoftDelete", (True,)),))
    if looked.environment in PURGE_PROTECTED:
        yield from _wanted(looked, ((VAULT, "properties.enablePurgeProtection", (True,)),))


def _no_open_rules(looked: Looked) -> Iterator[str]:
    if looked.type != "azure-native:network:NetworkSecurityGroup":
        return
    rules = looked.properties.get("securityRules") or []
    for rule in rules:
        is_open = rule.get("direction") == "Inbound" and rule.get("access") == "Allow"
        ports = rule.get("destinationPortRanges") or [rule.get("destinationPortRange")]
        if is_open and rule.get("sourceAddressPrefix") in EVERYWHERE and set(ports) != {"443"}:
            yield f"{rule.get('name')} lets everyone in to {', '.join(map(str, ports))}"
    if not any(rule.get("access") == "Deny" and rule.get("priority") == 4096 for rule in rules):
        yield "there is no rule that denies what no other rule allows"


def _no_open_database(looked: Looked) -> Iterator[str]:
    ends = (looked.properties.get("startIpAddress"), looked.properties.get("endIpAddress"))
    if looked.type == "azure-native:sql:FirewallRule" and ends == ("0.0.0.0", "255.255.255.255"):
        yield "the rule lets everyone in"


def _least_roles(looked: Looked) -> Iterator[str]:
    role = str(looked.properties.get("roleDefinitionId", "")).rsplit("/", 1)[-1]
    if looked.type == "azure-native:authorization:RoleAssignment" and role in BROAD_ROLES:
        yield f"the role {role} may do more than any workload needs"


def _inside_services(looked: Looked) -> Iterator[str]:
    ingress = _value(looked.properties, "configuration.ingress")
    if looked.type == "azure-native:app:ContainerApp" and ingress and ingress.get("allowInsecure") is not False:
        yield "ingress takes plain HTTP"
    internal = _value(looked.properties, "vnetConfiguration.internal")
    if looked.type == "azure-native:app:ManagedEnvironment" and internal is not True:
        yield "the environment of the container apps is not internal"


def _tagged(looked: Looked) -> Iterator[str]:
    """Whatever lies somewhere takes tags."""
    tags = looked.properties.get("tags") or {}
    lacking = [tag for tag in TAGS if not tags.get(tag)]
    if "location" in looked.properties and lacking:
        yield f"these tags are missing: {', '.join(lacking)}"


RULES = (
    Rule("in-transit", "TLS 1.2 or newer, and HTTPS alone.", lambda looked: _wanted(looked, IN_TRANSIT)),
    Rule("without-keys", "Identities and roles instead of keys.", lambda looked: _wanted(looked, WITHOUT_KEYS)),
    Rule("no-keys-in-settings", "No setting of an app or service holds a key.", _no_keys_in_settings),
    Rule("closed-data", "No public network where private endpoints are on.", _closed),
    Rule("no-public-blobs", "No blob can be read without signing in.", _no_public_blobs),
    Rule("recoverable-vault", "A vault that was deleted can be had back.", _recoverable),
    Rule("no-open-rules", "No security group lets everyone in, but for HTTPS.", _no_open_rules),
    Rule("no-open-database", "No SQL firewall rule lets everyone in.", _no_open_database),
    Rule("least-roles", "No workload is an owner or contributor.", _least_roles),
    Rule("inside-services", "Container apps are inside the network and speak HTTPS.", _inside_services),
    Rule("tagged", "The five tags on everything that takes tags.", _tagged),
)
