// Asks what toys of China paid on a day:  node typescript/built/rate.js http://127.0.0.1:8000
import createClient from "openapi-fetch";

import type { components, paths } from "../typescript/strata.js";

const client = createClient<paths>({ baseUrl: process.argv[2] ?? "http://127.0.0.1:8000" });

const { data, error } = await client.GET("/v1/rates", {
  params: { query: { importer: "US", code: "9503.00.00.73", origin: "CN", date: "2025-07-28" } },
});

// No answer is a value, too: a problem, with its type and what to do.
if (error !== undefined) {
  console.error(`${error.title}: ${error.detail}`);
  process.exit(1);
}

const layers: components["schemas"]["Layer"][] = data.layers;
console.log(data.total.percent, layers.map((layer) => layer.heading).join(" "));
