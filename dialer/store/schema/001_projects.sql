-- Zones, projects and the dictionary of dispositions.

-- Leads carry a small number instead of the zone's name: it stands in the index by which they are fetched.
create table dialer.zone (
    id smallint generated always as identity primary key,
    name text not null unique
);

insert into dialer.zone (name) values
    (''), -- unknown
    ('Europe/Kaliningrad'), ('Europe/Astrakhan'), ('Europe/Kirov'), ('Europe/Moscow'), ('Europe/Samara'),
    ('Europe/Saratov'), ('Europe/Simferopol'), ('Europe/Ulyanovsk'), ('Europe/Volgograd'), ('Asia/Anadyr'),
    ('Asia/Barnaul'), ('Asia/Chita'), ('Asia/Irkutsk'), ('Asia/Kamchatka'), ('Asia/Khandyga'),
    ('Asia/Krasnoyarsk'), ('Asia/Magadan'), ('Asia/Novokuznetsk'), ('Asia/Novosibirsk'), ('Asia/Omsk'),
    ('Asia/Qyzylorda'), ('Asia/Sakhalin'), ('Asia/Srednekolymsk'), ('Asia/Tomsk'), ('Asia/Ust-Nera'),
    ('Asia/Vladivostok'), ('Asia/Yakutsk'), ('Asia/Yekaterinburg');

create table dialer.project (
    id integer generated always as identity primary key,
    name text not null unique check (name <> ''),
    zone text not null default 'Europe/Moscow',
    greeting text not null default '',
    script text not null default '',
    created_at timestamptz not null default now()
);

-- A disposition is data: what it does to the lead stands in `effect`. Rows without a project are the default set,
-- which a new project copies and may then change.
create table dialer.disposition (
    project integer references dialer.project,
    code text not null check (code <> ''),
    label text not null,
    effect text not null
        check (effect in ('done', 'retry', 'call_back_now', 'wrong_number', 'do_not_call', 'supervisor')),
    position smallint not null,
    is_refusal boolean not null default false,
    needs_reason boolean not null default false,
    is_offered boolean not null default true, -- false: only the program gives it
    unique nulls not distinct (project, code)
);

insert into dialer.disposition (code, label, effect, position, is_refusal, needs_reason, is_offered) values
    ('agreed', 'Согласовано', 'done', 1, false, false, true),
    ('call_later', 'Перезвонить позже', 'retry', 2, false, false, true),
    ('call_back_now', 'Связь оборвалась, перезвонить сейчас', 'call_back_now', 3, false, false, true),
    ('wrong_number', 'Не тот номер', 'wrong_number', 4, false, false, true),
    ('machine', 'Автоответчик', 'retry', 5, false, false, true),
    ('assistant', 'Ответил голосовой помощник', 'retry', 6, false, false, true),
    ('do_not_call', 'Просит больше не звонить', 'do_not_call', 7, false, false, true),
    ('changed_mind', 'Передумал', 'done', 8, true, false, true),
    ('refused_price', 'Не устроила цена', 'done', 9, true, false, true),
    ('refused_delivery', 'Не устроили условия или срок доставки', 'done', 10, true, false, true),
    ('refused_payment', 'Не устроила оплата', 'done', 11, true, false, true),
    ('refused_service', 'Недоволен обслуживанием', 'done', 12, true, false, true),
    ('no_stock', 'Нет товара', 'done', 13, true, false, true),
    ('refused_other', 'Отказ по другой причине', 'done', 14, true, true, true),
    ('no_disposition', 'Результат не указан', 'supervisor', 99, false, false, false);
