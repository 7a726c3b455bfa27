"""Queues, point to point. A message that fails too often or grows too old goes to the queue's dead letters."""

from pulumi_azure_native import servicebus

from config.settings import EnvironmentSettings
from config.tables import QUEUES
from infra.core.resource_group import ResourceGroup

# Where dead letters of all queues are forwarded to, when the parameter enable_dlq_queue is on.
DEAD_LETTERS = "dlq-queue"


def create_queues(settings: EnvironmentSettings, resource_group: ResourceGroup) -> list[servicebus.Queue]:
    """Makes the queues of the table, the common dead-letter queue first."""
    if settings.parameters.enable_dlq_queue:
        _dead_letters(settings, resource_group)
    return [_queue(settings, resource_group, row["name"]) for row in QUEUES]


def dead_letters_of(resource_group: ResourceGroup) -> tuple[str | None, list[servicebus.Queue]]:
    """Where dead letters are forwarded to, and what has to be there for it; nothing where they are not."""
    there = resource_group.has("dlqQueue")
    return (DEAD_LETTERS, [resource_group.get("dlqQueue")]) if there else (None, [])


def _dead_letters(settings: EnvironmentSettings, resource_group: ResourceGroup) -> servicebus.Queue:
    queue = servicebus.Queue(
        DEAD_LETTERS,
        queue_name=DEAD_LETTERS,
        namespace_name=resource_group.get("serviceBus").name,
        resource_group_name=resource_group.name,
        max_delivery_count=settings.parameters.max_delivery_count,
        dead_lettering_on_message_expiration=False,
        opts=resource_group.layer("messaging").options(),
    )
    return resource_group.keep("dlqQueue", queue)


def _queue(settings: EnvironmentSettings, resource_group: ResourceGroup, name: str) -> servicebus.Queue:
    forward, after = dead_letters_of(resource_group)
    return servicebus.Queue(
        name,
        queue_name=name,
        namespace_name=resource_group.get("serviceBus").name,
        resource_group_name=resource_group.name,
        max_delivery_count=settings.parameters.max_delivery_count,
        dead_lettering_on_message_expiration=True,
        lock_duration="PT1M",
        default_message_time_to_live="P14D",
        forward_dead_lettered_messages_to=forward,
        opts=resource_group.layer("messaging").options(*after),
    )
