// Requests to our own API. A problem comes back as an error with its words; a lost session leads to the sign-in.
import { note } from "/assets/dom.js";
import { t } from "/assets/words.js";

export async function ask(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Error(t("no_answer_from_server"));
  }
  if (answer.status === 401) {
    location.replace("/sign-in");
    return new Promise(() => {});
  }
  if (answer.status === 204) return null;
  const found = await answer.json();
  if (!answer.ok) throw Object.assign(new Error([found.detail, found.cure].filter(Boolean).join(" ")), { status: answer.status });
  return found;
}

/** The same for a button: what goes wrong is shown, and the promise tells whether it went well. */
export async function act(method, path, body) {
  try {
    await ask(method, path, body);
    return true;
  } catch (error) {
    note(t("failed"), error.message);
    return false;
  }
}
