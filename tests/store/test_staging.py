"""What COPY is given comes back out of the books as it was."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialer.core.lead import NewPhone
from dialer.store.lists import ListWriter
from tests.store.scene import NOW, Scene, lead

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(person=TEXT, name=TEXT, value=TEXT, extension=TEXT)
async def test_any_text_survives(scene: Scene, person: str, name: str, value: str, extension: str) -> None:
    made = lead(1, "Asia/Omsk", NewPhone("9000000002", None, "mobile", extension), person=person, fields={name: value})
    await scene.run("delete from dialer.lead")
    await ListWriter(scene.database, scene.list).write([made], NOW)
    row = await scene.row(
        "select l.person, l.fields ->> $2 as value, p.extension from dialer.lead l"
        " join dialer.phone p on p.lead = l.id and p.position = 2 where l.id = $1",
        made.id,
        name.replace("\0", ""),
    )
    without_nul = tuple(text.replace("\0", "") for text in (person, value, extension))
    assert (row["person"], row["value"], row["extension"]) == without_nul
