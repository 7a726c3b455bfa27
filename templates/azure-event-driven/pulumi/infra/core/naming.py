"""Resource naming conventions: every name comes from the table of names and fits what Azure allows for its kind.

The table is made with the project, so that a name is the same whatever it is deployed with. Whoever edits it is told
here, before anything is planned, when a name would not do.
"""

import re
from collections.abc import Iterator, Mapping

Table = Mapping[str, str | Mapping[str, str]]

# What a whole name must look like, by component, from Azure's "Naming rules and restrictions for Azure resources".
GENERAL = r"[A-Za-z0-9](?:[\w.-]{0,78}\w)?"
GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
RULES: dict[str, str] = {
    "resourceGroup": r"[\w().-]{0,89}[\w()-]",
    "virtualNetwork": r"[A-Za-z0-9][\w.-]{0,62}\w",
    "firewall": r"[A-Za-z0-9](?:[\w.-]{0,54}\w)?",
    "keyVault": r"[A-Za-z](?:[A-Za-z0-9]|-(?!-)){1,22}[A-Za-z0-9]",
    "identity": r"[A-Za-z0-9][\w-]{2,127}",
    "roleAssignment": GUID,
    "logWorkspace": r"[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]",
    "workbook": GUID,
    "sqlServer": r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?",
    "etlStorage": r"[a-z0-9]{3,24}",
    "functionStorage": r"[a-z0-9]{3,24}",
    "redisCache": r"[A-Za-z0-9](?:[A-Za-z0-9]|-(?!-)){0,61}[A-Za-z0-9]",
    "cosmosAccount": r"[a-z0-9][a-z0-9-]{1,42}[a-z0-9]",
    "cosmosRole": GUID,
    "serviceBus": r"[A-Za-z][A-Za-z0-9-]{4,48}[A-Za-z0-9]",
    "functionPlan": r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,58}[A-Za-z0-9])?",
    "functionApp": r"[A-Za-z0-9][A-Za-z0-9-]{0,58}[A-Za-z0-9]",
    "factoryRole": GUID,
    "dataFactory": r"[A-Za-z0-9][A-Za-z0-9-]{1,61}[A-Za-z0-9]",
    "containerApp": r"[a-z](?:[a-z0-9]|-(?!-)){0,30}[a-z0-9]",
    "apiManagement": r"[A-Za-z](?:[A-Za-z0-9-]{0,48}[A-Za-z0-9])?",
    "staticSite": r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}[A-Za-z0-9])?",
    "frontDoorEndpoint": r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,44}[A-Za-z0-9])?",
    "webFirewall": r"[A-Za-z][A-Za-z0-9]{0,127}",
}


def _each(table: Table) -> Iterator[tuple[str, str]]:
    for component, entry in table.items():
        for name in [entry] if isinstance(entry, str) else entry.values():
            yield component, name


class Names:
    """The names of one environment. Raises ValueError when one of them is not allowed in Azure."""

    def __init__(self, table: Table):
        faults = [
            f'"{name}" will not do as the name of {component}'
            for component, name in _each(table)
            if not re.fullmatch(RULES.get(component, GENERAL), name)
        ]
        if faults:
            raise ValueError(f"The table of names in config/settings.py: {'; '.join(faults)}.")
        self._table = table

    def of(self, component: str, item: str | None = None) -> str:
        """The name of a component, or of one item of it where there are several."""
        entry = self._table[component]
        if item is None:
            return str(entry)
        return dict(entry)[item]
