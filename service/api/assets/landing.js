// Asks the service that this page comes from, and shows what it says. Text is always set as text, never as markup.
"use strict";

const by = (id) => document.getElementById(id);

function node(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function row(cells, tag = "td") {
  const line = document.createElement("tr");
  for (const cell of cells) line.append(cell instanceof Node ? cell : node(tag, cell));
  return line;
}

function table(heads, rows) {
  const made = document.createElement("table");
  made.append(document.createElement("thead"), document.createElement("tbody"));
  made.tHead.append(row(heads, "th"));
  made.tBodies[0].append(...rows);
  return made;
}

// A total without a text of its own is no rate: what stands in its place is said.
function totalOf(answer) {
  if (answer.prohibited) return "prohibited";
  if (answer.total && answer.total.text) return answer.total.text;
  return "no rate";
}

function showProblem(place, problem) {
  const box = node("div", undefined, "problem");
  box.append(node("p", problem.title || "No answer"), node("p", problem.detail || "", "note"));
  for (const near of (problem.near || []).slice(0, 5)) box.append(node("p", `${near.relation}: ${near.code}`, "note"));
  place.replaceChildren(box);
}

// Only the headings and rates, where two answers stand side by side.
function showShortly(place, answer) {
  const layers = answer.layers.map((layer) => row([layer.heading, node("td", layer.text, "number")]));
  place.replaceChildren(node("p", totalOf(answer), "total"), table(["Heading", "Rate"], layers));
}

function showRate(place, answer) {
  const total = node("p", undefined, "total");
  total.append(totalOf(answer), node("small", ` for ${answer.goods.code} from ${answer.origin} into ${answer.importer}`));
  const layers = answer.layers.map((layer) => {
    const why = node("td", layer.acts.map((act) => act.citation).join("; "));
    why.title = layer.acts.map((act) => act.title).join("; ");
    return row([layer.heading, node("td", layer.text, "number"), why]);
  });
  place.replaceChildren(total, table(["Heading", "Rate", "Act"], layers));
  if (answer.layers.some((layer) => layer.refundable)) {
    place.append(node("p", "Collected on the day, but refundable by a later ruling; the answer says which.", "note"));
  }
  for (const warning of answer.warnings) place.append(node("p", warning.text, "note"));
  const from = answer.constant.from, until = answer.constant.until;
  place.append(node("p", `Nothing changes from ${from} ${until ? "until " + until : "on"}.`, "note"));
  by("release").textContent =
    `Release ${answer.release.number} of the law data. Nothing on this page is asked of any other host.`;
}

function showTimeline(place, answer) {
  const known = answer.intervals.filter((interval) => typeof interval.total.percent === "number");
  const most = Math.max(1, ...known.map((interval) => interval.total.percent));
  const rows = answer.intervals.map((interval) => {
    const cell = document.createElement("td"), bar = node("span", undefined, "bar");
    bar.style.width = `${(100 * (interval.total.percent || 0)) / most}%`;
    cell.append(bar);
    return row([
      node("td", interval.from, "day"),
      node("td", interval.until || "open", "day"),
      node("td", totalOf(interval), "number"),
      cell,
    ]);
  });
  const made = table(["From", "Until", "Duty", ""], rows);
  made.className = "bars";
  place.replaceChildren(made);
}

async function ask(name, show) {
  const place = by(`${name}-answer`);
  place.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(by(`${name}-request`).getAttribute("href"), { headers: { accept: "application/json" } });
    const body = await response.json();
    (response.ok ? show : showProblem)(place, body);
  } catch {
    showProblem(place, { title: "The service did not answer" });
  }
  place.removeAttribute("aria-busy");
}

by("rate").addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = new URLSearchParams(new FormData(event.target));
  const link = by("rate-request");
  link.href = link.textContent = `/v1/rates?${asked}`;
  ask("rate", showRate);
});

ask("rate", showRate);
ask("before", showShortly);
ask("after", showShortly);
ask("timeline", showTimeline);
