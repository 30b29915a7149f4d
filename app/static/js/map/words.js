// Words come from the server in the page's language; only numbers and places are put in here.

/** "In view: {num}" with {num: 12} -> "In view: 12". */
export function say(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** 12500 -> "12 500". Where a browser knows no Kazakh, Russian has the same separators. */
export function inDigits(number) {
  return new Intl.NumberFormat([document.documentElement.lang, "ru"]).format(number);
}
