// Sign-in by name and password, or by a one-time link: the link's secret stands behind the # of the address, so that it
// is never sent to a server by loading the page, and is spent only here.
import { switchLanguage, t, translate } from "/assets/words.js";

const signIn = document.getElementById("sign-in");
const setPassword = document.getElementById("set-password");

async function send(method, path, body) {
  const answer = await fetch(path, {
    method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  if (answer.status === 204) return {};
  const found = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(found.detail), { kind: found.type ?? "", wait: answer.headers.get("Retry-After") });
  return found;
}

function say(form, error) {
  const kind = (error.kind ?? "").split(":").pop();
  const known = { "wrong-password": t("wrong_password"), "spent-link": t("spent_link"), "too-many-tries": t("too_many_tries", { s: error.wait ?? 60 }) };
  form.querySelector(".error").textContent = known[kind] ?? error.message;
}

function enter(who) {
  if (who.has_password) location.replace("/");
  signIn.hidden = true;
  setPassword.hidden = false;
  setPassword.elements.name.value = who.name;
  setPassword.elements.password.focus();
}

async function submit(event, form, work) {
  event.preventDefault();
  const button = form.querySelector(".button.main");
  button.disabled = true;
  try {
    await work();
  } catch (error) {
    say(form, error);
  } finally {
    button.disabled = false;
  }
}

signIn.addEventListener("submit", (event) => submit(event, signIn, async () => {
  const { name, password } = signIn.elements;
  enter({ ...(await send("POST", "/api/v1/session", { name: name.value, password: password.value })), has_password: true });
}));
setPassword.addEventListener("submit", (event) => submit(event, setPassword, async () => {
  await send("PUT", "/api/v1/me/password", { password: setPassword.elements.password.value });
  location.replace("/");
}));
document.getElementById("later").addEventListener("click", () => location.replace("/"));
document.getElementById("language").addEventListener("click", switchLanguage);

translate(document);
const link = /^#link=([\w-]{20,128})$/.exec(location.hash)?.[1];
if (link) {
  history.replaceState(null, "", location.pathname);
  try {
    enter(await send("POST", "/api/v1/session/link", { link }));
  } catch (error) {
    say(signIn, error);
  }
}
