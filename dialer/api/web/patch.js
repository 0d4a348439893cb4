// Drawing again and again without taking anything away from under a hand: what is there is changed in place, so that
// focus, a pressed button and a scrolled panel survive every picture. Elements that move carry a `data-key`. What is
// patched holds no listeners of its own: they stand on a parent that stays and tell by `data-act` what was meant.

/** Make the children of `parent` look like these. */
export function patch(parent, ...children) {
  const next = document.createElement("div");
  next.append(...children.flat(Infinity).filter((child) => child !== null && child !== false && child !== undefined));
  const focused = document.activeElement;
  settle(parent, next);
  if (focused?.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
}

function settle(parent, wanted) {
  const keyed = new Map([...parent.children].filter(keyOf).map((child) => [keyOf(child), child]));
  let place = parent.firstChild;
  for (const next of [...wanted.childNodes]) {
    const found = keyOf(next) ? keyed.get(keyOf(next)) : place;
    if (!found || !isAlike(found, next)) {
      parent.insertBefore(next, place);
      continue;
    }
    if (found === place) place = place.nextSibling;
    else parent.insertBefore(found, place);
    become(found, next);
  }
  while (place) {
    const gone = place;
    place = place.nextSibling;
    gone.remove();
  }
}

function become(old, next) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== next.data) old.data = next.data;
    return;
  }
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  settle(old, next);
}

const keyOf = (node) => node.dataset?.key;

const isAlike = (one, other) => one.nodeName === other.nodeName && keyOf(one) === keyOf(other);
