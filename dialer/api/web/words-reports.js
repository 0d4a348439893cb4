// The catalogue's part for reports; titles and formulas of the sheets come from the server in the language asked for.
import { add } from "/assets/words.js";

add({
  report_first: ["С", "From"],
  report_last: ["По", "To"],
  report_show: ["Показать", "Show"],
  report_every_campaign: ["Все кампании", "Every campaign"],
  report_empty: ["Здесь ничего нет за эти дни", "Nothing here on these days"],
  report_sql: ["SQL, который даёт эти числа из журнала звонков", "The SQL that gives these numbers out of the ledger"],
  report_curve: ["Накопленный дозвон по номеру попытки", "Cumulative reach by attempt number"],
  report_later: ["позже или не было", "later or never"],
  report_minutes: ["{n} мин", "{n} min"],
  report_hours: ["{n} ч", "{n} h"],
  now_calls: ["Звонков сейчас", "Calls now"],
  report_proof: ["доказательство", "proof"],
  report_counting: ["Считаем…", "Counting…"],
});
