// The words of the page of webhooks.
import { add } from "/assets/words.js";

add({
  webhook_url: ["Куда отправлять результаты", "Where to send results"],
  webhook_map: ["Слова клиента: наше=его, * — остальные", "The client's words: ours=theirs, * for the rest"],
  webhook_add: ["Добавить", "Add"],
  webhook_map_wrong: ["Не пара «наше=его»: {pair}", "Not a pair ours=theirs: {pair}"],
  webhook_secret: ["Секрет для проверки подписи", "The secret that proves the signature"],
  webhook_secret_once: ["Показан один раз: передайте его клиенту сейчас.", "Shown this once: hand it to the client now."],
  webhook_none: ["Результаты этого проекта никуда не отправляются", "Results of this project are sent nowhere"],
  webhook_pending: ["Ждут", "Waiting"],
  webhook_dead_count: ["Не дошли", "Given up"],
  webhook_paused: ["На паузе", "Paused"],
  webhook_pause: ["Пауза", "Pause"],
  webhook_resume: ["Продолжить", "Resume"],
  webhook_rotate: ["Новый секрет", "New secret"],
  webhook_remove: ["Удалить", "Remove"],
  webhook_sure_remove: ["Больше не отправлять результаты на {url}? То, что ждёт, не дойдёт.", "Send no more results to {url}? What waits will not arrive."],
  webhook_sure_rotate: ["Сделать новый секрет? Прежний действует ещё сутки.", "Make a new secret? The old one is good for one more day."],
  webhook_dead: ["Не дошли за три дня", "Given up after three days"],
  webhook_replay: ["Отправить снова", "Send again"],
  webhook_replay_all: ["Отправить все снова", "Send all again"],
  webhook_event: ["Событие", "Event"],
  webhook_lead: ["Лид", "Lead"],
  webhook_tries: ["Попыток", "Tries"],
  webhook_error: ["Почему", "Why"],
});
