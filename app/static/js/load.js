// Files that only some people need, fetched when they do. Style comes before the page's own map style, which bends it.

/** Add stylesheets before `before`, without waiting. */
export function addStyles(urls, before) {
  for (const url of urls) {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = url;
    before.before(link);
  }
}

/** Classic scripts, one after the other. */
export async function addScripts(urls) {
  for (const url of urls) {
    await new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = url;
      script.onload = done;
      script.onerror = () => failed(new Error(url));
      document.head.append(script);
    });
  }
}
