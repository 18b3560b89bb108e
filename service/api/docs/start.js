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
    parameter.description = `${parameter.description || ""} For example: \`${example}\`.`;
    delete parameter.example;
  }
  return spec;
}

window.addEventListener("load", async () => {
  const response = await fetch("/openapi.json");
  SwaggerUIBundle({
    spec: withoutDeclarations(await response.json()),
    dom_id: "#documentation",
    deepLinking: true,
    validatorUrl: null,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    tryItOutEnabled: true,
    displayRequestDuration: true,
  });
});
