// The inbox: fresh without loading the page, and many rows chosen at once. The page works without both.
import "./inbox_news.js";
import "./inbox_ticks.js";
