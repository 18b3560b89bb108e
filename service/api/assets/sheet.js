// A sheet over the page: an act and all it did, or what is covered. The address names it, so it can be passed on.
"use strict";

const sheet = by("sheet");

function outside(url) {
  const made = link("Official text", url);
  made.target = "_blank";
  made.rel = "noreferrer";
  return made;
}

const says = (amendment) => Object.entries(amendment.sets).map(([name, value]) => `${name}: ${value}`).join(", ");

function did(act) {
  const rows = act.amendments.map((it) =>
    row([
      heading(it.heading),
      node("td", it.measure.slice(it.measure.indexOf("/") + 1), "wide"),
      node("td", it.from || "always", "day"),
      node("td", it.until || "open", "day"),
      says(it) || "stands with its terms",
    ]),
  );
  return table(["Heading", node("th", "Measure", "wide"), "From", "Until", "Says"], rows);
}

function changed(act) {
  const rows = act.lists.map((it) =>
    row([it.list, node("td", it.from || "always", "day"), number(`${it.included.length}`), number(`${it.excluded.length + it.struck.length}`)]),
  );
  return table(["Goods list", "From", numbers("Codes in"), numbers("Codes out")], rows);
}

function showAct(place, act) {
  by("sheet-title").textContent = act.title;
  const facts = node("p", `${act.citation ? `${act.citation}, ` : ""}public since ${act.announced}. `);
  if (act.url) facts.append(outside(act.url));
  place.replaceChildren(facts);
  if (act.notes) place.append(node("p", act.notes, "note"));
  if (act.amendments.length) place.append(node("h3", "What it did to headings"), did(act));
  if (act.lists.length) place.append(node("h3", "What it did to goods lists"), changed(act));
}

function doubts(texts) {
  const made = document.createElement("ul");
  for (const text of texts) made.append(node("li", text));
  return made;
}

function showCoverage(place, answer) {
  by("sheet-title").textContent = "What is covered";
  place.replaceChildren();
  for (const item of answer.items) {
    place.append(node("p", sayCoverage(item)));
    const rows = item.programs.map((it) => {
      const last = document.createElement("td");
      if (it.last_act) last.append(actLink(it.last_act, item.importer), ` of ${it.last_act.announced}`);
      return row([it.title, node("td", it.authority, "wide"), number(`${it.measures}`), last]);
    });
    place.append(table(["Program", node("th", "Authority", "wide"), numbers("Measures"), "Last act read"], rows));
    if (item.not_covered.length) {
      place.append(node("h3", "Known, and not stated: no total where it may apply"));
      place.append(doubts(item.not_covered.map((it) => `${it.title}: ${it.text}`)));
    }
    if (item.excludes.length) place.append(node("p", `In no answer: ${item.excludes.join(", ")}.`, "note"));
    place.append(node("h3", "Doubts"), doubts(item.covered.flatMap((span) => span.doubts)));
  }
}

async function follow() {
  const named = new URLSearchParams(location.hash.slice(1));
  const act = named.get("act"), importer = named.get("importer");
  if (act === null && !named.has("coverage")) return sheet.close();
  const path = act === null ? "/v1/coverage" : `/v1/acts/${encodeURIComponent(act)}${importer ? `?importer=${encodeURIComponent(importer)}` : ""}`;
  const request = by("sheet-request");
  request.href = request.textContent = path;
  by("sheet-title").textContent = act === null ? "What is covered" : act;
  by("sheet-answer").replaceChildren();
  if (!sheet.open) sheet.showModal();
  by("sheet-title").focus();
  await ask("sheet", act === null ? showCoverage : showAct);
  sheet.scrollTop = 0;
}

sheet.addEventListener("close", () => {
  if (location.hash) history.replaceState(null, "", location.pathname);
});
sheet.addEventListener("click", (event) => {
  if (event.target === sheet) sheet.close(); // outside of what it shows
});
window.addEventListener("hashchange", follow);
follow();
