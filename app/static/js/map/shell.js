// What the scripts that Folium writes may call, and nothing else. `app/web/map.py` emits one short call per part.
export { frame } from "./frame.js";
export { tiles, outlines } from "./basemap.js";
export { locate } from "./locate.js";
export { browse } from "./browse.js";
export { pick } from "./pick.js";
export { pinned } from "./pinned.js";
export { areas } from "./areas.js";
export { inbox } from "./inbox.js";
