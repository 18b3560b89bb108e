// Lints the stored OpenAPI document by the rules of redocly.yaml: node lint.mjs DOCUMENT
// The linter is called as a library: its command line would look for updates and report on its use.
import { fileURLToPath } from "node:url";

import { formatProblems, getTotals, lint, loadConfig } from "@redocly/openapi-core";

const config = await loadConfig({ configPath: fileURLToPath(new URL("redocly.yaml", import.meta.url)) });
const problems = await lint({ ref: process.argv[2], config });
const { errors, warnings } = getTotals(problems);
formatProblems(problems, { format: "codeframe", totals: { errors, warnings, ignored: 0 }, version: "1" });
console.log(`${errors} errors, ${warnings} warnings`);
process.exitCode = errors + warnings ? 1 : 0;
