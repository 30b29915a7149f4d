// What every page does: copy buttons, a menu that closes, focus on what needs a look first.
// All of it is a comfort; the page works without.
import { copyButtons } from "./copy.js";

function closeMenu(menu) {
  const shut = (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  };
  document.addEventListener("click", shut);
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget) shut({ target: event.relatedTarget });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// A language link keeps what stands behind the "#": the place on the map, a receipt. On a page that stands in for another
// one while there is no network (worker.js) it leads to that one: who comes back to it later wants it.
function keepFragment(link) {
  link.addEventListener("click", () => {
    const meant = link.pathname.replace(/(\/report)?\/offline$/, location.pathname.replace(/^\/(ru|en)(?=\/|$)/, ""));
    if (meant !== link.pathname) Object.assign(link, { pathname: meant, search: location.search });
    link.hash = location.hash;
  });
}

document.querySelectorAll("[data-menu]").forEach(closeMenu);
document.querySelectorAll("a[data-language]").forEach(keepFragment);
document.querySelector("[data-focus]")?.focus();
copyButtons(document);
// What waits to be sent can wait for the page, which the person is looking at.
const offline = () => import("./offline.js");
if (document.readyState === "complete") offline();
else addEventListener("load", offline, { once: true });
