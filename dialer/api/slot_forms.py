"""How a project's courier is asked for slots, as its settings come in and go out."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from dialer.api.forms import Form, Short, Text
from dialer.core.ids import ProjectId
from dialer.core.slots import Provider, Template

HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")]
PathInJson = Annotated[str, Field(pattern=r"^[\w-]+(\.[\w-]+)*$|^$", max_length=200)]
RESERVED_HEADERS = frozenset({"host", "content-length", "transfer-encoding", "connection", "upgrade"})


class TemplateForm(Form):
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    url: Annotated[str, Field(pattern=r"^https?://[^\s/?#@\\{}]+(/[^\s#\\]*)?(\?[^\s#\\]*)?$", max_length=2000)]
    body: Text = ""
    headers: Annotated[dict[HeaderName, Short], Field(max_length=20)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _own_headers_only(self) -> "TemplateForm":
        if taken := RESERVED_HEADERS & {name.lower() for name in self.headers}:
            raise ValueError(f"the header {min(taken)} is ours")
        return self

    def template(self) -> Template:
        return Template(self.method, self.url, self.body, dict(self.headers))


class ProviderForm(Form):
    ask: TemplateForm
    items: PathInJson = "slots"
    interval: PathInJson = "interval"
    opens: PathInJson = ""
    closes: PathInJson = ""
    free: PathInJson = "free"
    reserve: TemplateForm | None = None
    release: TemplateForm | None = None
    full_statuses: Annotated[list[Annotated[int, Field(ge=400, le=499)]], Field(max_length=10)] = Field(
        default_factory=lambda: [409]
    )

    @model_validator(mode="after")
    def _hangs_together(self) -> "ProviderForm":
        if not self.interval and not (self.opens and self.closes):
            raise ValueError("name `interval`, or `opens` and `closes`")
        if self.reserve is not None and self.release is None:
            raise ValueError("who reserves must also say how to release")
        return self

    def provider(self, project: ProjectId, networks: tuple[str, ...]) -> Provider:
        return Provider(
            project,
            self.ask.template(),
            self.items,
            self.interval,
            self.opens,
            self.closes,
            self.free,
            None if self.reserve is None else self.reserve.template(),
            None if self.release is None else self.release.template(),
            tuple(self.full_statuses),
            networks,
        )


def provider_body(provider: Provider) -> dict[str, Any]:
    """As `ProviderForm` takes it."""
    return {
        "ask": template_body(provider.ask),
        "items": provider.items,
        "interval": provider.interval,
        "opens": provider.opens,
        "closes": provider.closes,
        "free": provider.free,
        "reserve": template_body(provider.reserve),
        "release": template_body(provider.release),
        "full_statuses": list(provider.full_statuses),
    }


def template_body(template: Template | None) -> dict[str, Any] | None:
    if template is None:
        return None
    return {
        "method": template.method,
        "url": template.url,
        "body": template.body,
        "headers": dict(template.headers),
    }
