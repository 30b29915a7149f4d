// Words come from the server in the page's language; only numbers and places are put in here.

/** "In view: {num}" with {num: 12} -> "In view: 12". */
export function say(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** 12500 -> "12 500". Browsers know too little Kazakh; Russian has the same separators. */
export function inDigits(number) {
  const { lang } = document.documentElement;
  return new Intl.NumberFormat(lang === "kk" ? "ru" : lang).format(number);
}
