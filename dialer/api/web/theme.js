// Before the first paint: theme and language as chosen on this machine, so that nothing flashes.
"use strict";
{
  const kept = (key) => {
    try { return localStorage.getItem(key); } catch { return null; }
  };
  const root = document.documentElement;
  const theme = kept("dialer.theme");
  if (theme === "dark" || theme === "light") root.dataset.theme = theme;
  root.lang = kept("dialer.language") === "en" ? "en" : "ru";
}
