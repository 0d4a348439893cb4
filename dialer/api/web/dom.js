// Making elements. Text only ever becomes a text node: nothing that came from a list or a form is read as HTML.

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "path", "line", "rect", "g", "polyline", "circle"]);

/** `h("p.note", { title: "…", onclick }, "text", child)`; null and false children are left out. */
export function h(what, properties = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const element = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  if (classes.length) element.setAttribute("class", classes.join(" "));
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== false && child !== undefined));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Replace the children only when they would look different: focus and selection survive a picture that has not changed. */
export function show(parent, ...children) {
  const next = document.createElement("div");
  next.append(...children.flat(Infinity).filter((child) => child));
  if (parent.innerHTML === next.innerHTML) return;
  parent.replaceChildren(...next.childNodes);
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A note in the corner, read aloud, gone after a while. */
export function note(title, text = "") {
  const item = h("div.note", { role: "alert" }, h("b", {}, title), h("span", {}, text));
  byId("notes").append(item);
  setTimeout(() => item.remove(), 8000);
}
