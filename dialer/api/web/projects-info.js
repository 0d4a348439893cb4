// Project information: entries found as agents find them, one of them open to be written.
import { area, line, repaint } from "/assets/editor.js";
import { h } from "/assets/dom.js";
import { act, ask } from "/assets/http.js";
import { t } from "/assets/words.js";

const MOST = 100;
const PAUSE_MS = 120; // of the typing, before it is asked

export const blankEntry = () => ({ id: 0, title: "", body: "", position: 0 });

/** `content.entry` is the one that is written; `told.path` is where the project's information stands. */
export function infoEditor(content, told, changed) {
  const root = h("div.editor.looked-up", { role: "group", "aria-label": t("kind_info") });
  let entries = [];
  let asked = 0;
  let timer = 0;
  const search = h("input", { type: "search", "data-at": "search", "aria-label": t("search_entries"), placeholder: t("search_entries"), autocomplete: "off",
    oninput: () => { clearTimeout(timer); timer = setTimeout(look, PAUSE_MS); } });
  const found = h("div.entries", { role: "group", "aria-label": t("entries") });

  const paint = (focus) => repaint(root, [
    h("div.entry-list", {}, search, found, h("button.button.small", { type: "button", "data-at": "new", onclick: () => open(blankEntry()) }, t("add_entry"))),
    h("div.entry-form", {}, fields()),
  ], focus);

  async function look() {
    const mine = ++asked;
    const answer = await ask("GET", `${told.path}?limit=${MOST}&q=${encodeURIComponent(search.value.trim())}`);
    if (mine !== asked) return; // a later question has been asked since
    ({ entries } = answer);
    list();
  }

  function list() {
    found.replaceChildren(...entries.map((entry) => h("button", {
      type: "button", "data-at": `entry.${entry.id}`, "aria-pressed": String(entry.id === content.entry.id), onclick: () => open({ ...entry }),
    }, entry.title)), ...(entries.length ? [] : [h("p.empty", {}, t("nothing_found"))]));
  }

  function open(entry) {
    if (!told.mayLeave()) return;
    content.entry = entry;
    paint("title");
    list();
    changed({ isNew: true });
  }

  function fields() {
    const { entry } = content;
    const said = (keep) => (value) => { keep(value); changed(); };
    return [
      line("title", t("entry_title"), entry.title, said((value) => { entry.title = value; }), { maxlength: 200 }),
      area("body", t("entry_body"), entry.body, said((value) => { entry.body = value; }), { rows: 12, maxlength: 20000 }),
      h("div.beside", {},
        line("position", t("entry_position"), String(entry.position), said((value) => { entry.position = Number(value) || 0; }), { type: "number", min: 0, max: 1000000 }),
        entry.id > 0 && h("button.button.small.danger", { type: "button", "data-at": "remove", onclick: remove }, t("remove_entry"))),
    ];
  }

  async function remove() {
    if (!confirm(t("sure_remove_entry", { title: content.entry.title }))) return;
    if (!(await act("DELETE", `${told.path}/${content.entry.id}`))) return;
    content.entry = blankEntry();
    paint("new");
    changed({ isNew: true });
    await look();
  }

  paint();
  const isThere = look();
  return { element: root, paint: (focus) => { paint(focus); list(); }, isThere };
}

export const infoFlaws = ({ entry }) => (entry.title.trim() ? [] : [{ at: "title", what: t("flaw_no_title") }]);

/** Keep the entry; the one that is now in the books. */
export async function saveEntry(path, { id, title, body, position }) {
  if (id) await ask("PUT", `${path}/${id}`, { title, body, position });
  else await ask("PUT", path, { entries: [{ title, body, position }] });
}
