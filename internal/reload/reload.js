// Loads the page again when the program, a template or a static file has changed. dewar dev runs it.
(() => {
  "use strict";
  const url = document.currentScript.src.replace(/reload\.js.*$/, "reload");
  let seen = "SEEN"; // the state when this script was sent, so that nothing is lost until the stream is open
  let stream, timer;

  // restyle loads the style sheets again and takes the old ones away when the new ones are there.
  const restyle = () => {
    for (const old of document.querySelectorAll('link[rel~="stylesheet"]')) {
      const address = new URL(old.href);
      if (address.origin !== location.origin) continue;
      address.searchParams.set("_dewar", Date.now());
      const fresh = old.cloneNode();
      fresh.href = address;
      fresh.onload = fresh.onerror = () => old.remove();
      old.after(fresh);
    }
  };

  const close = () => {
    clearTimeout(timer);
    if (stream) stream.close();
    stream = null;
  };

  const open = () => {
    close();
    stream = new EventSource(url);
    stream.addEventListener("start", (event) => {
      if (seen !== event.data) location.reload();
      seen = event.data;
    });
    stream.addEventListener("css", (event) => {
      seen = event.data;
      restyle();
    });
    stream.addEventListener("reload", () => location.reload());
    stream.onerror = () => {
      if (stream && stream.readyState === EventSource.CLOSED) timer = setTimeout(open, 1000);
    };
  };

  // A browser opens few connections to a host, so a page that nobody sees gives its own back.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  if (!document.hidden) open();
})();
