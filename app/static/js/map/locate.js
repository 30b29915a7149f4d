// "Where am I": leaflet.locatecontrol with our words, and a sentence instead of its alert box.
import { notice } from "./frame.js";

export function locate(map, options, words) {
  const control = L.control.locate({
    ...options,
    position: "bottomright",
    showPopup: false,
    strings: { title: words.title },
    onLocationError: () => notice(map, "locate", words.failed),
  });
  map.on("locationfound", () => notice(map, "locate"));
  return control.addTo(map);
}
