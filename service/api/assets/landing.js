// Asks the service that this page comes from, and shows what it says. Text is always set as text, never as markup.
"use strict";

const by = (id) => document.getElementById(id);

function node(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function link(text, href, title) {
  const made = node("a", text);
  made.href = href;
  if (title) made.title = title;
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

// "heading" and "number" keep columns in line, in the head as in the body.
const heading = (text) => node("td", text, "heading");
const number = (text) => node("td", text, "number");
const numbers = (text) => node("th", text, "number");

// A total without a text of its own is no rate: what stands in its place is said.
function totalOf(answer) {
  if (answer.prohibited) return "prohibited";
  if (answer.total && answer.total.text) return answer.total.text;
  return "no rate";
}

const actPlace = (id, importer) => `#${new URLSearchParams({ act: id, importer })}`;

function actLink(act, importer) {
  return link(act.citation || act.title, actPlace(act.id, importer), act.title);
}

// The authority, and the program by its name within it.
function under(layer) {
  const cell = document.createElement("td");
  const program = layer.program.split("/").pop();
  cell.append(layer.authority);
  if (program !== layer.authority.toLowerCase()) cell.append(" ", node("span", program, "under"));
  return cell;
}

function showProblem(place, problem) {
  const box = node("div", undefined, "problem");
  box.append(node("p", problem.title || "No answer"), node("p", problem.detail || "", "note"));
  for (const near of (problem.near || []).slice(0, 5)) {
    const line = node("p", `${near.relation}: `, "note"), choice = node("button", near.code, "near");
    choice.addEventListener("click", () => {
      by("rate").elements.code.value = near.code;
      by("rate").requestSubmit();
    });
    line.append(choice);
    box.append(line);
  }
  if (problem.type) box.append(link("What this means", problem.type));
  place.replaceChildren(box);
}

// Only the headings and rates, where two answers stand side by side.
function showShortly(place, answer) {
  const layers = answer.layers.map((layer) => row([heading(layer.heading), number(layer.text)]));
  place.replaceChildren(node("p", totalOf(answer), "total"), table(["Heading", numbers("Rate")], layers));
}

function refunds(answer) {
  const layers = answer.layers.filter((layer) => layer.refundable);
  const notes = [];
  for (const act of new Set(layers.map((layer) => layer.refundable.act))) {
    const of = layers.filter((layer) => layer.refundable.act === act);
    const note = node("p", undefined, "note");
    note.append(
      `Paid on the day under ${of.map((layer) => layer.heading).join(" and ")}, held void since: refundable from `,
      `${of[0].refundable.since}, by `,
      link("this act", actPlace(act, answer.importer)),
      ".",
    );
    notes.push(note);
  }
  return notes;
}

function notApplied(answer) {
  const made = document.createElement("details");
  const rows = answer.not_applied.map((it) => row([heading(it.heading), it.text, it.reason.text]));
  made.append(
    node("summary", `${rows.length} more considered, none applies: see why`),
    table(["Heading", "Would be", "Why not"], rows),
  );
  return made;
}

function showRate(place, answer) {
  const total = node("p", undefined, "total");
  total.append(totalOf(answer), node("small", ` for ${answer.goods.code} from ${answer.origin} into ${answer.importer} on ${answer.date}`));
  const layers = answer.layers.map((layer) => {
    const acts = document.createElement("td");
    layer.acts.forEach((act, place) => acts.append(place ? "; " : "", actLink(act, answer.importer)));
    return row([heading(layer.heading), under(layer), number(layer.text), acts]);
  });
  place.replaceChildren(total, table(["Heading", "Under", numbers("Rate"), "Act"], layers));
  for (const warning of answer.warnings) place.append(node("p", warning.text, "note"));
  place.append(...refunds(answer));
  const from = answer.constant.from, until = answer.constant.until;
  place.append(node("p", `The same for entries from ${from}${until ? " until " + until : " on"}.`, "note"));
  if (answer.not_applied.length) place.append(notApplied(answer));
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
    return row([node("td", interval.from, "day"), node("td", interval.until || "open", "day"), number(totalOf(interval)), cell]);
  });
  const made = table(["From", "Until", numbers("Duty"), ""], rows);
  made.className = "bars";
  place.replaceChildren(made);
}

const countries = new Intl.DisplayNames(["en"], { type: "region" });
const listed = new Intl.ListFormat("en");

function named(origins) {
  const said = (codes) => listed.format(codes.map((code) => (/^[A-Z]{2}$/.test(code) ? countries.of(code) : code)));
  if (origins.include.includes("*")) return "every country";
  return said(origins.include) + (origins.exclude && origins.exclude.length ? `, without ${said(origins.exclude)}` : "");
}

function sayCoverage(item) {
  const spans = item.covered.map(
    (span) =>
      `goods of ${named(span.origins)} entered ${span.until ? `from ${span.from} until ${span.until}` : `since ${span.from}`}` +
      ` (law read up to ${span.verified})`,
  );
  return `${item.title}: ${spans.join("; ")}.`;
}

async function fetched(path) {
  const response = await fetch(path, { headers: { accept: "application/json" } });
  return [response.ok, await response.json()];
}

async function ask(name, show) {
  const place = by(`${name}-answer`);
  place.setAttribute("aria-busy", "true");
  try {
    const [answered, body] = await fetched(by(`${name}-request`).getAttribute("href"));
    (answered ? show : showProblem)(place, body);
  } catch {
    showProblem(place, { title: "The service did not answer" });
  }
  place.removeAttribute("aria-busy");
}

by("rate").addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = new URLSearchParams(new FormData(event.target));
  const request = by("rate-request");
  request.href = request.textContent = `/v1/rates?${asked}`;
  ask("rate", showRate);
});

ask("rate", showRate);
ask("before", showShortly);
ask("after", showShortly);
ask("timeline", showTimeline);
fetched("/v1/coverage").then(
  ([answered, body]) => {
    if (answered) by("covered").replaceChildren("Covered now: ", body.items.map(sayCoverage).join(" "));
  },
  () => {},
);
