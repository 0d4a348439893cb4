"""What the API needs for clients' machines: webhooks, feedback, slots. `main` hands it in, as `Ports.integration`.

Every method of a books' port may raise OSError while the database is away.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from dialer.core.ids import AttemptId, Instant, LeadId, ProjectId
from dialer.core.slots import Hold, Order, Provider, SlotDay, Template
from dialer.core.webhooks import DeliveryRecord, DeliveryState, Webhook, WebhookId


class Webhooks(Protocol):
    async def all(self, project: ProjectId | None = None) -> Sequence[Webhook]: ...

    async def one(self, webhook: WebhookId) -> Webhook | None: ...

    async def add(self, webhook: Webhook, now: Instant) -> Webhook:
        """A new one, with its number. Raises ValueError for an unknown project."""
        ...

    async def change(self, webhook: Webhook, now: Instant) -> None: ...

    async def rotate(self, webhook: WebhookId, salt: str, until: Instant) -> None:
        """A new salt; the old one is good until then, too."""
        ...

    async def networks(self, project: ProjectId) -> Sequence[str]:
        """Private networks that the project may reach."""
        ...

    async def deliveries(
        self, webhook: WebhookId, state: DeliveryState, before: int | None = None, bound: int = 200
    ) -> Sequence[DeliveryRecord]:
        """Newest first; `before`: those older than this one."""
        ...

    async def counts(self, project: ProjectId | None = None) -> Mapping[tuple[WebhookId, DeliveryState], int]: ...

    async def replay(self, webhook: WebhookId, ids: Sequence[int] | None, now: Instant, give_up_at: Instant) -> int:
        """Dead ones go again: those named, or all; how many."""
        ...


class Slots(Protocol):
    """Delivery slots, asked live."""

    async def provider(self, project: ProjectId) -> Provider | None: ...

    async def save_provider(self, provider: Provider) -> None:
        """Raises ValueError for an unknown project."""
        ...

    async def drop_provider(self, project: ProjectId) -> bool:
        """False where there was none."""
        ...

    async def order(self, attempt: AttemptId, lead: LeadId | None = None) -> Order | None:
        """The attempt's order, or another one of its project."""
        ...

    async def day(self, provider: Provider, order: Order, day: date) -> SlotDay:
        """What the courier says, or why it is not known."""
        ...

    async def held_for(self, order: Order) -> Hold | None: ...

    async def reserve(self, provider: Provider, order: Order, day: date, interval: str) -> tuple[str, str, Hold]:
        """(reserved, full or unknown; why it is unknown; the hold)."""
        ...

    async def give_back(self, order: Order) -> bool:
        """What is held for this order goes back; False where nothing is."""
        ...


@dataclass(frozen=True, slots=True)
class Integration:
    webhooks: Webhooks
    slots: Slots
    secret_of: Callable[[str], str] | None
    """The secret of a salt; None where the installation has no key to derive it from."""
    judge: Callable[[str, Sequence[str]], Awaitable[str]]
    """Why requests may not go to this URL, given the allowed private networks; empty where they may."""
    template_flaw: Callable[[Template], str]
    """What is wrong with a template, in words; empty where it can be used."""
    new_salt: Callable[[], str]
    wake: Callable[[], None] = lambda: None
    """There is something to deliver."""
