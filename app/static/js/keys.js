// Buttons and links that a key presses: `data-key="c"`. The key is shown on them, and is not taken while somebody types.

const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";

/** Show the keys below `root`. */
export function showKeys(root) {
  for (const control of root.querySelectorAll("[data-key]")) {
    control.setAttribute("aria-keyshortcuts", control.dataset.key);
    const key = document.createElement("kbd");
    key.setAttribute("aria-hidden", "true"); // said by aria-keyshortcuts
    key.textContent = control.dataset.key.toUpperCase();
    control.append(key);
  }
}

/** The key that was pressed as a command, else "". By its place on a Latin keyboard, so that Cyrillic ones work too. */
export function command(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest?.(TYPING)) return "";
  return event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : "";
}
