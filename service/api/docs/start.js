// Shows the document of this service. The validator of the public web is switched off: nothing leaves this host.
"use strict";

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

// The page fills each field with its example. For what may be left out that would declare all facts at once, a
// donation sent by mail among them: so those examples are told, and the fields left empty.
const KEPT = new Set(["date", "from", "until"]);

function withoutDeclarations(spec) {
  const operations = Object.values(spec.paths).flatMap((path) => Object.values(path));
  const everywhere = operations.flatMap((operation) => operation.parameters || []);
  for (const parameter of [...Object.values(spec.components.parameters), ...everywhere]) {
    if (parameter.example === undefined || parameter.required || KEPT.has(parameter.name)) continue;
    const example = Array.isArray(parameter.example) ? parameter.example.join(",") : parameter.example;
    if (!parameter.schema.enum) parameter.description = `${parameter.description || ""} For example: \`${example}\`.`;
    delete parameter.example;
  }
  return spec;
}

// A question takes some fifty facts: folded, or the button that asks would stand ten screens below the question.
const ASKED = new Set(["importer", "code", "origin", "date", "from", "until", "known_on", "view", "release"]);
const MANY = 15;

function folded(Parameters, { React }) {
  return function Folded(props) {
    const [open, setOpen] = React.useState(false);
    const all = props.parameters;
    const facts = all.size > MANY ? all.filterNot((it) => ASKED.has(it.get("name"))) : all.clear();
    const shown = open ? all : all.filterNot((it) => facts.includes(it));
    return React.createElement(
      "div",
      null,
      React.createElement(Parameters, { ...props, parameters: shown }),
      facts.size > 0 && !open &&
        React.createElement(
          "button",
          { type: "button", className: "btn facts", onClick: () => setOpen(true) },
          `Show the ${facts.size} facts that may be declared`,
        ),
    );
  };
}

// The acts behind the layers of an answer: one for each, in the order of the layers.
function actsOf(answer) {
  const spans = answer.intervals || [answer];
  const acts = spans.flatMap((span) => [...(span.layers || []), ...(span.universal || [])]).flatMap((it) => it.acts || []);
  return [...new Map(acts.map((act) => [act.id, act])).values()];
}

function hintsOf(text) {
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    return ["", []];
  }
  if (typeof answer?.type === "string" && answer.type.startsWith("/problems/")) {
    return ["Refused", [{ href: answer.type, text: "What this problem means, and what to do" }]];
  }
  const acts = answer?.importer ? actsOf(answer) : [];
  return [
    "The acts behind the layers",
    acts.map((act) => ({
      href: `/#${new URLSearchParams({ act: act.id, importer: answer.importer })}`,
      text: `${act.citation ? act.citation + ": " : ""}${act.title}`,
    })),
  ];
}

// Brings an answer into view, and leads on: to the acts behind it, or to what the problem means.
function led(LiveResponse, { React }) {
  return function Led(props) {
    const place = React.useRef(null), seen = React.useRef(null);
    React.useEffect(() => {
      // The same answer is handed over anew with every letter typed: only a new one is brought into view.
      if (!props.response.equals(seen.current)) place.current.scrollIntoView({ block: "start" });
      seen.current = props.response;
    });
    const [title, hints] = hintsOf(props.response.get("text"));
    const items = hints.map(({ href, text }) =>
      React.createElement("li", { key: href }, React.createElement("a", { href, target: "_blank" }, text)),
    );
    return React.createElement(
      "div",
      { ref: place, className: "answered" },
      items.length > 0 && React.createElement("h4", null, title),
      items.length > 0 && React.createElement("ul", { className: "hints" }, items),
      React.createElement(LiveResponse, props),
    );
  };
}

const Leading = () => ({ wrapComponents: { parameters: folded, liveResponse: led } });

window.addEventListener("load", async () => {
  const response = await fetch("/openapi.json");
  const documentation = SwaggerUIBundle({
    spec: withoutDeclarations(await response.json()),
    dom_id: "#documentation",
    plugins: [Leading],
    deepLinking: true,
    validatorUrl: null,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    tryItOutEnabled: true,
    displayRequestDuration: true,
  });
  // It looks at the address once; a link on this page to a question opens that one, too.
  window.addEventListener("hashchange", () => {
    documentation.layoutActions.parseDeepLinkHash(location.hash);
    document.getElementById(`operations${location.hash.slice(1).replaceAll("/", "-")}`)?.scrollIntoView();
  });
});
