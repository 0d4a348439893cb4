"""What the books take for a number: ten digits and nothing else."""

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.store.scene import Scene

TEN = st.text(st.sampled_from("0123456789\\x .-٣９ё"), min_size=9, max_size=11)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.one_of(TEN, st.from_regex(r"[0-9]{10}", fullmatch=True)), min_size=1, max_size=50))
@example(texts=["9161234567", "916123456", "91612345670", "", "\\x61626364", "916123456\\", "٣٣٣٣٣", "ёёёёё", " " * 10])
async def test_ten_digits_are_a_number_and_nothing_else_is(scene: Scene, texts: list[str]) -> None:
    told = await scene.row(
        "select array_agg(dialer.is_number(t) order by n) as are from unnest($1::text[]) with ordinality as u (t, n)",
        texts,
    )
    assert told["are"] == [len(text) == 10 and text.isascii() and text.isdigit() for text in texts]
