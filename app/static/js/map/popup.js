// The popup of a hazard, or of several at one place. It takes the focus when it opens and gives it back when it closes.
import { filled } from "./rows.js";

function listOf(items) {
  const list = document.createElement("ul");
  list.className = "popup-list";
  list.append(...items.map((item) => filled("hazard-row", item)));
  return list;
}

function content(items) {
  const box = items.length === 1 ? filled("hazard-popup", items[0]) : listOf(items);
  box.tabIndex = -1;
  return box;
}

/** Where a popup may stand: below the filters, beside the controls, above the sheet of a phone. */
function room(map) {
  const top = (document.querySelector("[data-map-filters]")?.offsetHeight ?? 0) + 24;
  return {
    autoPanPaddingTopLeft: [12, top],
    autoPanPaddingBottomRight: [64, 28],
    maxHeight: Math.max(160, map.getSize().y - top - 90),
  };
}

/** Prepare popups for a map; returns open(marker, items). `words`: close. */
export function popups(map, words) {
  let opener = null;

  map.on("popupopen", ({ popup }) => {
    const element = popup.getElement();
    element.querySelector(".leaflet-popup-close-button").setAttribute("aria-label", words.close);
    popup.getContent().focus({ preventScroll: true });
  });
  map.on("popupclose", ({ popup }) => {
    const inside = popup.getElement()?.contains(document.activeElement);
    const back = opener?.getElement() ?? map.getContainer();
    opener = null;
    if (inside) back.focus({ preventScroll: true });
  });
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key === "Escape") map.closePopup();
  });

  return function open(marker, items) {
    map.closePopup();
    opener = marker;
    L.popup({ className: "map-popup", closeOnEscapeKey: false, minWidth: 220, maxWidth: 300, offset: [0, -14], ...room(map) })
      .setLatLng(marker.getLatLng()).setContent(content(items)).openOn(map);
  };
}
