// Requests to our own API. A problem comes back as an error with its words; a lost session leads to the sign-in.
import { note } from "/assets/dom.js";
import { t } from "/assets/words.js";

export async function ask(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: isPlain(body) ? { "Content-Type": "application/json" } : {},
      body: isPlain(body) ? JSON.stringify(body) : body,
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
  if (!answer.ok) throw problem(answer.status, found);
  return found;
}

/** A form with a file goes as it is, anything else as JSON. */
const isPlain = (body) => body !== undefined && !(body instanceof FormData);

/** `kind` is the server's own word for it; `columns`: those of a list that could not be understood. */
function problem(status, { type = "", detail, cure, errors = [] }) {
  const columns = errors.filter((one) => one.where === "column").map((one) => ({ name: one.what, column: "" }));
  return Object.assign(new Error([detail, cure].filter(Boolean).join(" ")), { status, kind: type.split(":").pop(), columns, errors });
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
