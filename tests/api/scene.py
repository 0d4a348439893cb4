"""A busy quarter of an hour as the wallboard may see it: two campaigns, fourteen agents, one thing gone wrong."""

from dialer.core.ids import AgentId, CampaignId, ServerName, TrunkName
from dialer.core.states import AgentState, CampaignState
from dialer.core.view import AgentView, CampaignView, FloorView, ServerView, TrunkView

S = AgentState
_AGENTS = [
    (S.TALKING, 42, ""),
    (S.TALKING, 131, ""),
    (S.TALKING, 7, ""),
    (S.TALKING, 88, ""),
    (S.TALKING, 263, ""),
    (S.TALKING, 54, ""),
    (S.WRAP_UP, 12, ""),
    (S.WRAP_UP, 140, ""),
    (S.READY, 3, ""),
    (S.READY, 9, "rest"),
    (S.RESERVED, 1, ""),
    (S.PAUSED, 412, "lunch"),
    (S.PAUSED, 65, "training"),
    (S.LOST, 18, ""),
]
NAMES = [
    "Анна Соколова",
    "Борис Лебедев",
    "Вера Орлова",
    "Галина Зайцева",
    "Денис Волков",
    "Елена Морозова",
    "Жанна Павлова",
    "Захар Котов",
    "Ирина Белова",
    "Кирилл Громов",
    "Лариса Фомина",
    "Максим Рыбаков",
    "Нина Сергеева",
    "Олег Тарасов",
]


def busy_floor(at: float) -> FloorView:
    return FloorView(
        at=at,
        agents=tuple(
            AgentView(AgentId(1001 + place), state, at - for_s, reason, ServerName("main"), None)
            for place, (state, for_s, reason) in enumerate(_AGENTS)
        ),
        campaigns=(_orders(at), _winter()),
        trunks=(
            TrunkView(TrunkName("megafon"), ServerName("main"), 30, 14, True),
            TrunkView(TrunkName("rostelecom"), ServerName("main"), 20, 19, True),
            TrunkView(TrunkName("backup"), ServerName("second"), 10, 0, False),
        ),
        servers=(ServerView(ServerName("main"), True, ""), ServerView(ServerName("second"), True, "")),
        draining=False,
        books_away=False,
        clock_suspect=False,
        orphans=0,
    )


def _orders(at: float) -> CampaignView:
    return CampaignView(
        id=CampaignId(1),
        name="Заказы ноября",
        state=CampaignState.RUNNING,
        mode="predictive",
        calls={"dialling": 4, "ringing": 9, "answered": 0, "connecting": 1, "talking": 6, "message": 0, "wrap_up": 2},
        outcomes={"answered": 1204, "abandoned": 29, "busy": 211, "no_answer": 1630, "invalid": 44},
        joined=1204,
        answered=1233,
        abandoned=29,
        abandonment_ratio=29 / 1233,
        ceiling_ratio=0.03,
        reason="Набираем 3: через 6 с освободятся 2 из 8 занятых, дозвон 38 %, потери 2,4 % при пределе 3 %.",
        unfinished=4812,
        budget_calls=8.0,
        worst_30min_ratio=0.041,
        max_lines=40,
        lines_used=19,
        agents=14,
        reason_en="free 2, 2 come free within 11 s, ringing 9, answer 38% → dial 3",
    )


def _winter() -> CampaignView:
    return CampaignView(
        id=CampaignId(2),
        name="Зимняя акция — возврат покупателей",
        state=CampaignState.PAUSED,
        mode="progressive",
        calls={},
        outcomes={"answered": 310, "abandoned": 11, "busy": 40, "no_answer": 402},
        joined=310,
        answered=321,
        abandoned=11,
        abandonment_ratio=11 / 321,
        ceiling_ratio=0.03,
        reason="Пауза: кампания приостановлена супервизором.",
        unfinished=1967,
        budget_calls=-1.4,
        worst_30min_ratio=0.052,
        agents=14,
    )
