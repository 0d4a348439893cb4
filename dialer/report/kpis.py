"""The catalogue of reports: every sheet, every column, its formula and its denominator, in words.

docs/kpi.md and the page's tooltips are made of it. The queries are `queries/kpi/<sheet>.sql`.
"""

from dialer.core.kpi import Column, Kind, Plan, Text


def share(key: str, title: Text, part: str, whole: str, formula: Text) -> Column:
    return Column(key, title, formula, Kind.SHARE, (part, whole))


CONTACTS = Column(
    "contacts",
    ("контакты", "contacts"),
    ("соединены с агентом вовремя, и это не автоответчик и не голосовой помощник",
     "joined with an agent in time, and neither a machine nor a voice assistant"),
)  # fmt: skip
TRIED = Column(
    "tried",
    ("лиды с первой попыткой", "leads first tried"),
    ("рабочие циклы лидов, чья первая засчитанная попытка была в эти дни",
     "leads' work cycles whose first counted attempt was on these days"),
)  # fmt: skip
AGREEMENTS = Column(
    "agreements",
    ("согласовано", "agreements"),
    ("результаты, которые завершают лид и не являются отказом, и по другим заказам человека",
     "dispositions that end the lead and are no refusal, those of the person's other orders included"),
)  # fmt: skip
OTHERS = Column(
    "others",
    ("другие заказы", "other orders"),
    (
        "результаты других заказов человека в тех же разговорах",
        "results of the person's other orders in the same talks",
    ),
)
ATTEMPTS = Column(
    "attempts",
    ("попытки", "attempts"),
    ("решения набрать номер, принятые в эти дни", "decisions to dial in the period"),
)
TALK = Column(
    "talk_s", ("разговоры", "talk"), ("сумма (конец − соединение)", "sum of (end − joining)"), Kind.SECONDS
)  # fmt: skip

TOTALS = Plan(
    "totals",
    ("Итоги", "Totals"),
    (
        ATTEMPTS,
        Column("live", ("ещё идут", "still live"), ("попытки без исхода", "attempts without an outcome yet")),
        Column("counted", ("засчитанные", "counted"),
               ("попытки, израсходовавшие попытку лида", "attempts that used up one of the lead's attempts")),
        Column("dialled", ("набраны", "dialled"), ("попытки, дошедшие до сети", "attempts handed to the network")),
        Column("answered", ("отвечены", "answered"), ("сеть сообщила об ответе", "the network reported an answer")),
        Column("by_person", ("ответил человек", "answered by a person"),
               ("отвечены, и агент не отметил автоответчик или помощника; не соединённые считаются человеком",
                "answered, and not disposed as a machine or assistant; one that nobody joined counts as a person")),
        CONTACTS,
        Column("abandoned", ("потеряны", "abandoned"),
               ("ответил человек, но за 2,0 с не соединён", "answered by a person and not joined within 2.0 s")),
        AGREEMENTS,
        OTHERS,
        TRIED,
        Column("reached", ("из них дозвонились", "of them reached"),
               ("циклы с хотя бы одним контактом к этому времени", "work cycles with a contact by now")),
        TALK,
        share("answer_share", ("доля ответов", "answer rate"), "answered", "dialled",
              ("отвечены / набраны", "answered / dialled")),
        share("abandonment", ("доля потерь", "abandonment"), "abandoned", "by_person",
              ("потеряны / ответил человек", "abandoned / answered by a person")),
        share("reach", ("дозвон до лидов", "reach of leads"), "reached", "tried",
              ("дозвонились / лиды с первой попыткой", "reached / leads first tried")),
        share("conversion", ("конверсия", "conversion"), "agreements", "contacts",
              ("согласовано / контакты", "agreements / contacts")),
        Column("attempts_per_contact", ("попыток на контакт", "attempts per contact"),
               ("засчитанные / контакты", "counted / contacts"), Kind.DECIMAL, ("counted", "contacts")),
    ),
    is_single=True,
)  # fmt: skip

REACH = Plan(
    "reach",
    ("Дозвон по попыткам", "Reach by attempt"),
    (
        Column("attempt_no", ("попытка", "attempt"), ("номер в рабочем цикле лида", "number in the lead's work cycle")),
        Column("attempts", ("попытки", "attempts"),
               ("засчитанные попытки этого номера в эти дни", "counted attempts of this number in the period")),
        Column("contacts", CONTACTS.title, ("контакты среди этих попыток", "contacts among these attempts")),
        share("of_attempts", ("дозвон попыток", "of attempts"), "contacts", "attempts",
              ("контакты / попытки этого номера", "contacts / attempts of this number")),
        Column("leads", ("лиды", "leads"),
               ("лиды с первой попыткой в эти дни, дошедшие до этой попытки",
                "leads first tried in the period that came to this attempt")),
        Column("reached", ("первый контакт", "first contact"),
               ("лиды, у которых эта попытка дала первый контакт", "leads whose first contact was this attempt")),
        share("of_leads", ("дозвон лидов", "of leads"), "reached", "leads",
              ("первый контакт / лиды этой попытки", "first contact / leads of this attempt")),
        Column("reached_so_far", ("накоплено", "so far"),
               ("первый контакт на этой попытке или раньше", "first contact at this attempt or before")),
        Column("tried", TRIED.title, TRIED.formula),
        share("cumulative", ("накопленный дозвон", "cumulative reach"), "reached_so_far", "tried",
              ("накоплено / лиды с первой попыткой", "so far / leads first tried")),
    ),
)  # fmt: skip

OUTCOMES = Plan(
    "outcomes",
    ("Исходы", "Outcomes"),
    (
        Column("outcome", ("исход", "outcome"), ("что сообщила сеть", "what the network said"), Kind.TEXT),
        ATTEMPTS,
        Column("settled", ("завершённые", "settled"), ("попытки с исходом", "attempts with an outcome")),
        share("of_settled", ("доля", "share"), "attempts", "settled", ("попытки / завершённые", "attempts / settled")),
    ),
)

CODE = Column("code", ("код", "code"), ("код результата", "the disposition's code"), Kind.TEXT)
LABEL = Column("label", ("результат", "disposition"), ("как он назван в проекте", "as the project calls it"), Kind.TEXT)
CALLS = Column("calls", ("звонки", "calls"), ("звонки с этим результатом", "calls with this disposition"))
RESULTS = Column("results", ("результаты", "results"), ("звонки + другие заказы", "calls + other orders"))

DISPOSITIONS = Plan(
    "dispositions",
    ("Результаты", "Dispositions"),
    (
        CODE,
        LABEL,
        CALLS,
        OTHERS,
        RESULTS,
        Column("disposed", ("все результаты", "all results"), ("сумма по всем кодам", "the sum over all codes")),
        share(
            "of_disposed",
            ("доля", "share"),
            "results",
            "disposed",
            ("результаты / все результаты", "results / all results"),
        ),
    ),
)

REFUSALS = Plan(
    "refusals",
    ("Причины отказов", "Refusals"),
    (
        CODE,
        LABEL,
        CALLS,
        OTHERS,
        RESULTS,
        Column("refusals", ("отказы", "refusals"), ("сумма по всем кодам", "the sum over all codes")),
        share("of_refusals", ("доля", "share"), "results", "refusals", ("результаты / отказы", "results / refusals")),
    ),
)

WITHIN = Column(
    "minutes", ("не позже", "within"), ("от поступления заявки, включая ночь", "since receipt, nights included"),
    Kind.WITHIN,
)  # fmt: skip

FIRST_CALL = Plan(
    "first_call",
    ("Скорость первого звонка", "First call"),
    (
        WITHIN,
        Column("leads", ("лиды", "leads"), ("первая попытка сделана за это время", "first tried within this time")),
        TRIED,
        share("of_tried", ("доля", "share"), "leads", "tried",
              ("лиды / лиды с первой попыткой", "leads / leads first tried")),
    ),
)  # fmt: skip

AGREED = Plan(
    "agreed",
    ("Согласовано в срок", "Agreed in term"),
    (
        WITHIN,
        Column("agreements", AGREEMENTS.title,
               ("согласованы в звонке, набранном за это время", "agreed in a call dialled within this time")),
        TRIED,
        share("of_tried", ("доля", "share"), "agreements", "tried",
              ("согласовано / лиды с первой попыткой", "agreements / leads first tried")),
    ),
)  # fmt: skip

DAY = Column("day", ("день", "day"), ("по часам проекта", "in the project's zone"), Kind.DAY)

ABANDONMENT = Plan(
    "abandonment",
    ("Потери по дням", "Abandonment by day"),
    (
        DAY,
        Column("campaign", ("№", "No."), ("кампания", "campaign"), Kind.COUNT),
        Column("name", ("кампания", "campaign"), ("название", "name"), Kind.TEXT),
        Column("answered", ("ответил человек", "answered by a person"), ("по минуте ответа", "by the answer's minute")),
        Column("abandoned", ("потеряны", "abandoned"), ("из них не соединены за 2,0 с", "not joined within 2.0 s")),
        share("abandonment", ("доля потерь", "abandonment"), "abandoned", "answered",
              ("потеряны / ответил человек", "abandoned / answered by a person")),
        Column("worst_30min", ("худшие 30 минут", "worst 30 minutes"),
               ("наибольшая доля за 30 минут подряд, где ответов не меньше 20",
                "highest share of 30 minutes in a row with 20 answers or more"), Kind.SHARE),
    ),
    of_facts=False,
    gathers=("abandonment_days",),
)  # fmt: skip

AGENTS = Plan(
    "agents",
    ("Агенты", "Agents"),
    (
        Column("agent", ("№", "No."), ("номер агента", "the agent's number")),
        Column("name", ("агент", "agent"), ("имя", "name"), Kind.TEXT),
        Column("calls", ("звонки", "calls"), ("соединены с ним вовремя", "joined with him in time")),
        CONTACTS,
        AGREEMENTS,
        share("conversion", ("конверсия", "conversion"), "agreements", "contacts",
              ("согласовано / контакты", "agreements / contacts")),
        Column("talk_s", ("разговор", "talk"), ("в состоянии «разговор»", "in talk"), Kind.SECONDS),
        Column("hold_s", ("удержание", "hold"),
               ("из разговора: клиент ждал на удержании, совет коллеги в том числе",
                "of the talk: the customer was on hold, consultations included"), Kind.SECONDS),
        Column("wrap_up_s", ("обработка", "wrap-up"), ("в состоянии «обработка»", "in wrap-up"), Kind.SECONDS),
        Column("idle_s", ("ожидание", "idle"), ("готов или соединяется", "ready or reserved"), Kind.SECONDS),
        Column("paused_s", ("пауза", "paused"), ("в паузе", "paused"), Kind.SECONDS),
        Column("away_s", ("нет телефона", "phone away"), ("вызывается или потерян", "rung or lost"), Kind.SECONDS),
        Column("busy_s", ("занят", "busy"), ("разговор + обработка", "talk + wrap-up"), Kind.SECONDS),
        Column("on_duty_s", ("на линии", "on duty"), ("на смене без пауз", "signed in − paused"), Kind.SECONDS),
        share("occupancy", ("загрузка", "occupancy"), "busy_s", "on_duty_s",
              ("(разговор + обработка) / (на смене − паузы)", "(talk + wrap-up) / (signed in − paused)")),
    ),
    of_facts=False,
    gathers=("by_agent", "agent_time"),
    inside=True,
)  # fmt: skip

PREVIEWS = Plan(
    "previews",
    ("Просмотр перед звонком", "Previews"),
    (
        Column("agent", ("№", "No."), ("номер агента", "the agent's number")),
        Column("name", ("агент", "agent"), ("имя", "name"), Kind.TEXT),
        Column("shown", ("показано", "shown"), ("лидов показано до звонка", "leads shown before the call")),
        Column("called", ("набрано", "called"), ("из них он набрал", "of them he had called")),
        Column("skipped_not_now", ("не время", "not now"), ("пропущено: сейчас не время", "skipped: not now")),
        Column("skipped_already_settled", ("уже решено", "settled already"),
               ("пропущено: уже решено", "skipped: settled already")),
        Column("skipped_unclear", ("непонятно", "unclear"), ("пропущено: непонятно", "skipped: the order is unclear")),
        Column("skipped_other", ("другое", "other"), ("пропущено: другое", "skipped: other")),
        Column("untouched", ("не тронуто", "untouched"),
               ("возвращено: агент ничего не сделал за preview_s", "given back: nothing was done within preview_s")),
        Column("gone", ("возвращено", "given back"),
               ("пауза, отказ перед набором, отмена, остановка",
                "a pause, a refusal before the call, a cancellation, a stop")),
        share("called_share", ("доля набранных", "share called"), "called", "shown",
              ("набрано / показано", "called / shown")),
    ),
    of_facts=False,
    inside=True,
)  # fmt: skip

BUYOUT = Plan(
    "buyout",
    ("Выкуп и скорость контакта", "Buy-out by delay of contact"),
    (
        Column("minutes", ("первый контакт не позже", "first contact within"),
               ("от поступления заявки; без границы: позже или контакта не было",
                "since receipt; without a bound: later, or never"), Kind.WITHIN),
        Column("delivered", ("выкуплено", "delivered"),
               ("последнее сообщение курьера: доставлено", "the courier's last word: delivered")),
        Column("told", ("с обратной связью", "with feedback"),
               ("курьер сообщил: доставлено или нет", "the courier told: delivered or not")),
        share("of_told", ("выкуп", "buy-out"), "delivered", "told",
              ("выкуплено / с обратной связью", "delivered / with feedback")),
        Column("paid_kopecks", ("оплачено, руб.", "paid, roubles"), ("сумма оплат", "sum of payments"), Kind.KOPECKS),
    ),
    of_facts=False,
    gathers=("contacted",),
)  # fmt: skip

BILLING = Plan(
    "billing",
    ("К оплате", "Billing"),
    (
        DAY,
        Column("results", ("результаты", "results"),
               ("результаты, которые завершают лид, и по другим заказам человека",
                "dispositions that end the lead, those of the person's other orders included")),
        AGREEMENTS,
        CONTACTS,
        TALK,
        Column("started_minutes", ("начатые минуты", "started minutes"),
               ("разговор каждого звонка, вверх до минуты", "each call's talk, rounded up to a minute")),
    ),
    of_days=True,
)  # fmt: skip

PLANS = (
    *(TOTALS, REACH, DISPOSITIONS, REFUSALS, OUTCOMES, FIRST_CALL, AGREED, ABANDONMENT, AGENTS, PREVIEWS, BUYOUT),
    BILLING,
)


def as_markdown() -> str:
    """The definitions as they stand in docs/kpi.md."""
    return "\n\n".join(_section(plan) for plan in PLANS)


def _section(plan: Plan) -> str:
    lines = [f"| `{c.key}` | {c.title[1]} ({c.title[0]}) | {c.formula[1]} |" for c in plan.columns]
    head = [f"### `{plan.key}`: {plan.title[1]}", "", "| column | name | formula |", "|---|---|---|"]
    return "\n".join([*head, *lines])
