"use strict";

const rows = document.getElementById("requests");
if (rows && window.EventSource) {
  const live = document.getElementById("live");
  const limit = Number(rows.dataset.limit);
  const news = new EventSource("events");
  let lost = false;
  news.onopen = () => {
    if (lost) location.reload(); // what came meanwhile is not sent again
    live.hidden = false;
  };
  news.onerror = () => { lost = true; live.hidden = true; };
  news.onmessage = (event) => {
    document.getElementById("empty")?.remove();
    rows.insertAdjacentHTML("afterbegin", event.data);
    while (rows.rows.length > limit) rows.deleteRow(-1);
  };
  addEventListener("pagehide", () => news.close());
}

const copy = document.getElementById("copy");
if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById("source").textContent);
    document.getElementById("copied").textContent = "Copied.";
  });
}
