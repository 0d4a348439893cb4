"""A project as a shop has it: a branching script, a form with required fields, information; a person, two orders."""

from dialer.core.content import InfoEntry
from dialer.core.effects import BookAgentState, ReserveLeads, ScreenPop
from dialer.core.form import FieldKind, Form, FormField
from dialer.core.ids import LeadId, ServerName, TrunkName
from dialer.core.lead import NewLead, NewPhone
from dialer.core.script import Answer, Script, Step
from dialer.core.states import AgentState
from dialer.store import attempts
from dialer.store.front import FrontLeads
from tests.api.conftest import AGENT, House

ZONE = "Asia/Yekaterinburg"
ADDRESS = "г. Екатеринбург, ул. Малышева, д. 51, кв. 118"
SCRIPT = Script(
    "Здравствуйте, {person}! Меня зовут {agent}, магазин «{project}». Звоню по заказу {order}.",
    (
        Step(
            "start",
            "Вам удобно сейчас говорить?",
            (
                Answer("Да, удобно", next="address"),
                Answer("Перезвоните позже", disposition="call_later"),
                Answer("Это не я", disposition="wrong_number"),
            ),
        ),
        Step(
            "address",
            "Уточните адрес доставки: {адрес}.\n\nКвартира, подъезд, домофон?",
            (Answer("Адрес верный", next="day"), Answer("Другой адрес", next="day")),
        ),
        Step(
            "day",
            "Согласуйте день и интервал. Ближайшие: завтра 10–14, завтра 18–22.",
            (
                Answer("Согласовано", next="money", disposition="agreed"),
                Answer("Долго ждать", disposition="refused_delivery"),
            ),
        ),
        Step(
            "money",
            "Назовите сумму: {сумма}. Оплата при получении, картой или наличными.\n\n"
            "Попрощайтесь: «Спасибо, ждите курьера! Хорошего дня».",
        ),
    ),
)
FORM = Form(
    (
        FormField("address", "Адрес доставки", FieldKind.ADDRESS, required=True, source="адрес"),
        FormField("date", "Дата", FieldKind.DATE, required=True),
        FormField(
            "interval",
            "Интервал",
            FieldKind.INTERVAL,
            required=True,
            options=("10:00-14:00", "14:00-18:00", "18:00-22:00"),
        ),
        FormField("time", "Точное время", FieldKind.TIME),
        FormField("wishes", "Пожелания к встрече", FieldKind.NOTE),
    )
)
INFO = (
    InfoEntry(0, "Примерка", "Курьер ждёт 15 минут. Можно взять часть заказа.", 1),
    InfoEntry(0, "Возврат", "14 дней со дня получения. Деньги возвращаются на карту за 3 рабочих дня.", 2),
    InfoEntry(0, "Оплата", "Картой или наличными курьеру, по ссылке заранее.", 3),
    InfoEntry(0, "Выкуп", "Предоплата не нужна. Отказаться можно до вскрытия упаковки.", 4),
)
ORDERS = (
    (
        "SHOP-20481",
        {
            "адрес": ADDRESS,
            "сумма": "24 990 ₽",
            "товар": "Робот-пылесос S7, белый",
            "предоплата": "нет",
            "комментарий": "Позвонить после 14:00, домофон не работает",
        },
    ),
    ("SHOP-20502", {"адрес": ADDRESS, "сумма": "1 290 ₽", "товар": "Мешки для пылесоса, 4 шт."}),
)


async def open_shop(house: House) -> None:
    """The script and the form approved, the information there."""
    now, contents = house.clock.now(), house.ports.contents
    for kind, content in (("script", SCRIPT), ("form", FORM)):
        version = await contents.add(house.project, content, "", "olga", now)
        await contents.approve(house.project, kind, version, "olga", now)
    await contents.save_info(house.project, INFO, "olga", now)


async def called(house: House, orders: int = 2) -> ScreenPop:
    """The person of these orders has answered and is joined to the agent, who talks."""
    first, *others = [order(house, name, fields) for name, fields in ORDERS[:orders]]
    await FrontLeads(house.database).add(house.campaign, [first], house.clock.now())
    wish = ReserveLeads(
        campaign=house.campaign, server=ServerName("a"), trunk=TrunkName("t"), count=1, open_zones=(ZONE,)
    )
    async with house.database.connection() as conn:
        [reservation] = (await attempts.reserve(conn, wish, house.clock.now())).reservations
    if others:
        await FrontLeads(house.database).add(house.campaign, others, house.clock.now())
    at = house.clock.now()
    house.hub.agent_state(BookAgentState(agent=AGENT, state=AgentState.TALKING, since=at, attempt=reservation.attempt))
    pop = ScreenPop(
        agent=AGENT, attempt=reservation.attempt, lead=reservation.lead, campaign=house.campaign, answered_at=at
    )
    await house.hub.screen_pop(pop)
    return pop


def order(house: House, name: str, fields: dict[str, str]) -> NewLead:
    return NewLead(
        id=LeadId(house.ports.new_id()),
        phones=(NewPhone("9123456789", ZONE),),
        external_id=name,
        person="Мария Викторовна Иванова",
        region="Свердловская область",
        fields=fields,
    )
