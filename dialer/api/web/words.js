// Every text of the pages, in both languages, once. Russian is the first language; a key without a text shows itself.

const WORDS = {
  // sign-in
  name: ["Имя", "Name"],
  password: ["Пароль", "Password"],
  new_password: ["Новый пароль, не короче 10 знаков", "New password, at least 10 characters"],
  set_password_hint: ["Вы вошли по одноразовой ссылке. Задайте пароль, чтобы входить и дальше.", "You came in by a one-time link. Set a password to come in again."],
  sign_in: ["Войти", "Sign in"],
  save: ["Сохранить", "Save"],
  later: ["Позже", "Later"],
  wrong_password: ["Неверное имя или пароль", "The name or the password is wrong"],
  spent_link: ["Ссылка уже использована или устарела", "The link is used or too old"],
  too_many_tries: ["Слишком много попыток. Подождите {s} с", "Too many tries. Wait {s} s"],
  other_language: ["English", "Русский"],

  // shared
  moscow: ["Москва", "Moscow"],
  linked: ["На связи", "Connected"],
  link_away: ["Нет связи", "No connection"],
  link_away_long: ["Нет связи с сервером. Восстанавливаем… Разговор при этом не прерывается.", "No connection to the server. Reconnecting… Your call is not cut by this."],
  theme: ["Светлая / тёмная тема", "Light / dark theme"],
  leave: ["Выйти", "Sign out"],
  failed: ["Не получилось", "That did not work"],
  no_answer_from_server: ["Сервер не отвечает. Повторите через несколько секунд.", "The server does not answer. Try again in a few seconds."],

  // states of an agent
  state_offline: ["Не на линии", "Off line"],
  state_calling: ["Звоним на ваш телефон", "Ringing your phone"],
  state_ready: ["Готов", "Ready"],
  state_reserved: ["Соединяем", "Connecting"],
  state_talking: ["Разговор", "Talking"],
  state_wrap_up: ["Обработка", "Wrap-up"],
  state_paused: ["Пауза", "Paused"],
  state_lost: ["Телефон потерян", "Phone lost"],
  many_offline: ["Не на линии", "Off line"],
  many_calling: ["Подключаются", "Signing in"],
  many_ready: ["Готовы", "Ready"],
  many_reserved: ["Соединяются", "Connecting"],
  many_talking: ["Говорят", "Talking"],
  many_wrap_up: ["Обработка", "Wrap-up"],
  many_paused: ["Пауза", "Paused"],
  many_lost: ["Потеряны", "Phone lost"],

  // the desk
  desk: ["Рабочее место", "Desk"],
  go_online: ["Выйти на линию", "Go on line"],
  go_offline: ["Уйти с линии", "Go off line"],
  phone: ["Телефон", "Phone"],
  no_phone: ["Вам не назначен телефон. Обратитесь к супервизору.", "You have no phone. Ask your supervisor."],
  be_ready: ["Готов", "Ready"],
  pause: ["Пауза", "Pause"],
  hang_up: ["Положить трубку", "Hang up"],
  call_phone_again: ["Позвонить на телефон снова", "Ring the phone again"],
  hint_offline: ["Выберите телефон и выйдите на линию: мы позвоним на него один раз, и он останется на связи.", "Choose your phone and go on line: we ring it once and it stays on the line."],
  hint_calling: ["Снимите трубку и оставайтесь на линии.", "Pick up and stay on the line."],
  hint_ready: ["Ждём звонок. Карточка откроется сама.", "Waiting for a call. The card opens by itself."],
  hint_reserved: ["Клиент уже на линии.", "The customer is on the line."],
  hint_paused: ["Звонки не поступают, пока вы не вернётесь.", "No calls come until you are back."],
  hint_lost: ["Телефон не отвечает. Проверьте его и сеть, затем позвоните на него снова.", "The phone does not answer. Check it and the network, then ring it again."],
  hint_no_card: ["Карточка не загрузилась. Клиент на линии: представьтесь и уточните, о каком заказе речь.", "The card could not be loaded. The customer is on the line: introduce yourself and ask about the order."],
  after_call_paused: ["После звонка: пауза", "After this call: pause"],
  after_call_offline: ["После звонка: уход с линии", "After this call: off line"],
  reason_break: ["Перерыв", "Break"],
  reason_lunch: ["Обед", "Lunch"],
  reason_training: ["Обучение", "Training"],
  reason_technical: ["Техническая проблема", "Technical problem"],
  reason_other_work: ["Другая работа", "Other work"],
  reason_signed_in: ["Вход выполнен", "Signed in"],
  reason_screen_lost: ["Экран не отвечал", "The screen did not answer"],
  script: ["Сценарий", "Script"],
  recipient: ["Получатель", "Recipient"],
  result: ["Результат", "Result"],
  refusals: ["Отказ", "Refusal"],
  order: ["Заказ", "Order"],
  attempt_no: ["Попытка", "Attempt"],
  local_time: ["У клиента", "Customer's time"],
  zone_unknown: ["Пояс неизвестен", "Zone unknown"],
  history: ["История", "History"],
  no_history: ["Раньше не звонили", "Not called before"],
  no_name: ["Имя не указано", "No name given"],
  save_result: ["Сохранить результат", "Save the result"],
  saving: ["Сохраняем…", "Saving…"],
  saved: ["Сохранено", "Saved"],
  choose_result: ["Выберите результат", "Choose a result"],
  call_is_over: ["Разговор окончен", "The call is over"],
  wrap_up_left: ["Осталось", "Time left"],
  order_withdrawn: ["Заказ отменён. Заполнять результат не обязательно.", "The order was cancelled. You need not fill in a result."],
  recent: ["Последние звонки", "Recent calls"],
  none_yet: ["Пока не было", "None yet"],
  no_result: ["без результата", "no result"],
  answered: ["дозвонились", "reached"],
  abandoned: ["не дождался ответа", "left waiting"],
  busy: ["занято", "busy"],
  no_answer: ["не ответили", "no answer"],
  rejected: ["сбросили", "rejected"],
  invalid: ["нет такого номера", "invalid number"],
  unavailable: ["недоступен", "unavailable"],
  congestion: ["перегрузка сети", "congestion"],
  trunk_down: ["нет канала", "trunk down"],
  cancelled: ["отменён нами", "cancelled by us"],
  failed_here: ["сбой у нас", "failed here"],
  not_sent: ["не набирали", "not sent"],
  unknown_not_redialled: ["неизвестно", "unknown"],
  lost: ["потерян", "lost"],

  // the wallboard
  wallboard: ["Табло", "Wallboard"],
  agents: ["Операторы", "Agents"],
  calls: ["Звонки", "Calls"],
  campaigns: ["Кампании", "Campaigns"],
  trunks: ["Каналы", "Trunks"],
  alarms: ["Требует внимания", "Needs a person"],
  all_well: ["Всё в порядке", "All is well"],
  dial_rate: ["Набор", "Dialling"],
  per_minute: ["в минуту", "per minute"],
  abandonment: ["Потери", "Abandonment"],
  of_ceiling: ["предел {r}", "ceiling {r}"],
  reach: ["Дозвон", "Reach"],
  reach_of: ["{n} попыток", "{n} attempts"],
  backlog: ["Осталось", "Left to call"],
  backlog_leads: ["ещё не обзвонены", "leads to call"],
  backlog_unknown: ["нет данных", "not known"],
  live_calls: ["Звонков сейчас", "Live calls"],
  call_dialling: ["набираем", "dialling"],
  call_ringing: ["гудки", "ringing"],
  call_answered: ["ждут оператора", "waiting for an agent"],
  call_connecting: ["соединяем", "connecting"],
  call_talking: ["разговор", "talking"],
  call_message: ["сообщение", "message"],
  call_wrap_up: ["обработка", "wrap-up"],
  call_unseen: ["не видно", "unseen"],
  occupancy: ["Заняты разговором", "In talk"],
  of_signed_in: ["из {n} на линии", "of {n} on line"],
  start: ["Запустить", "Start"],
  resume: ["Продолжить", "Resume"],
  pause_campaign: ["Приостановить", "Pause"],
  stop: ["Остановить", "Stop"],
  campaign_draft: ["черновик", "draft"],
  campaign_running: ["идёт", "running"],
  campaign_paused: ["пауза", "paused"],
  campaign_stopping: ["завершается", "stopping"],
  campaign_stopped: ["остановлена", "stopped"],
  campaign_done: ["готова", "done"],
  mode_preview: ["с просмотром", "preview"],
  mode_progressive: ["прогрессивный", "progressive"],
  mode_power: ["с запасом", "power"],
  mode_predictive: ["предиктивный", "predictive"],
  no_campaigns: ["Кампаний пока нет", "No campaigns yet"],
  no_agents: ["На линии никого нет", "Nobody is on line"],
  last_hour: ["Последний час", "The last hour"],
  plot_talking: ["говорят", "talking"],
  plot_ready: ["свободны", "ready"],
  plot_live: ["звонки", "calls"],
  plot_rate: ["набор в минуту", "dialled per minute"],
  plot_abandonment: ["потери, %", "abandonment, %"],
  server_down: ["Asterisk {name} недоступен: {why}", "Asterisk {name} is away: {why}"],
  trunk_dead: ["Канал {name} не работает", "Trunk {name} is dead"],
  books_away: ["База данных не отвечает: новые звонки не начинаются", "The database does not answer: no new calls"],
  clock_suspect: ["Часы сервера сбились: новые звонки не начинаются", "The server's clock is off: no new calls"],
  draining: ["Система останавливается: новые звонки не начинаются", "The system is stopping: no new calls"],
  over_ceiling: ["{name}: потери {now} выше предела {ceiling}", "{name}: abandonment {now} is over its ceiling {ceiling}"],
  agents_lost: ["Потеряны телефоны: {names}", "Phones lost: {names}"],
  alarm_agent_phone_lost: ["Телефон оператора не отвечает", "An agent's phone does not answer"],
  alarm_pop_unseen: ["Экран оператора не показал звонок", "An agent's screen did not show the call"],
  alarm_trunk_dead: ["Канал не отвечает, набор по нему остановлен", "A trunk is dead, dialling on it has stopped"],
  alarm_trunk_alive: ["Канал снова отвечает", "The trunk answers again"],
  alarm_trunk_unreachable: ["Канал недоступен", "A trunk is unreachable"],
  alarm_trunk_reachable: ["Канал снова доступен", "The trunk is reachable again"],
  alarm_server_down: ["Asterisk недоступен", "Asterisk is away"],
  alarm_server_restarted: ["Asterisk перезапустился", "Asterisk was restarted"],
  alarm_books_away: ["База данных не отвечает", "The database does not answer"],
  alarm_books_back: ["База данных снова отвечает", "The database answers again"],
  alarm_clock_suspect: ["Часы сервера сбились", "The server's clock is off"],
  alarm_too_many_bugs: ["Повторяющаяся ошибка программы: новые звонки остановлены", "A repeated error of ours: no new calls"],
  sure_stop: ["Остановить кампанию «{name}»? Идущие разговоры закончатся сами.", "Stop the campaign “{name}”? Talks in progress will finish."],
};

export const language = () => document.documentElement.lang;

export function t(key, values = {}) {
  const found = WORDS[key];
  const text = found ? found[language() === "en" ? 1 : 0] : key;
  return text.replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);
}

/** The text for `key`, or `otherwise` where the catalogue has none (names that a site has made up). */
export const known = (key, otherwise) => (key in WORDS ? t(key) : otherwise);

/** Fill in every element that names its text by `data-t` (or its accessible name by `data-label`). */
export function translate(root) {
  for (const element of root.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", t(element.dataset.label));
    element.title = t(element.dataset.label);
  }
}

export function switchLanguage() {
  const next = language() === "en" ? "ru" : "en";
  try { localStorage.setItem("dialer.language", next); } catch { /* private window: for this page only */ }
  document.documentElement.lang = next;
  translate(document);
  document.dispatchEvent(new Event("language"));
}
