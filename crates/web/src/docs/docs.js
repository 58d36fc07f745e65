// Draws the API's own description: contents, operations, schemas, examples. Text only ever becomes text nodes.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];
const DEEPEST = 6;

/** An element with attributes and children; strings become text. */
function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(key, "");
    else if (value !== undefined && value !== false && value !== null) node.setAttribute(key, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

/** The little Markdown that doc comments use: paragraphs, `code`, **bold**. */
function prose(text) {
  return (text ?? "").split(/\n\s*\n/).filter((part) => part.trim() !== "").map((part) => el("p", {}, inline(part)));
}

function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.length > 2 && part.startsWith("`")) return el("code", {}, part.slice(1, -1));
    if (part.length > 4 && part.startsWith("**")) return el("strong", {}, part.slice(2, -2));
    return part;
  });
}

function resolve(api, thing) {
  let at = thing;
  for (let hops = 0; at?.$ref && hops < 10; hops += 1) {
    at = at.$ref.replace(/^#\//, "").split("/").reduce((node, key) => node?.[key.replace(/~1/g, "/").replace(/~0/g, "~")], api);
  }
  return at ?? {};
}

const nameOf = (reference) => reference.split("/").pop();

/** A schema in a few words, with links to named ones. */
function typeOf(schema) {
  if (schema === undefined || schema === true) return ["anything"];
  if (schema.$ref) return [el("a", { href: `#schema-${nameOf(schema.$ref)}` }, nameOf(schema.$ref))];
  const either = schema.oneOf ?? schema.anyOf;
  if (either) return either.flatMap((one, i) => (i === 0 ? typeOf(one) : [" or ", ...typeOf(one)]));
  if (schema.allOf) return schema.allOf.flatMap((one, i) => (i === 0 ? typeOf(one) : [" and ", ...typeOf(one)]));
  if (schema.const !== undefined) return [el("code", {}, JSON.stringify(schema.const))];
  if (schema.enum) return schema.enum.flatMap((one, i) => [i === 0 ? "" : " · ", el("code", {}, JSON.stringify(one))]);
  const types = [schema.type ?? "anything"].flat();
  return types.flatMap((type, i) => {
    const before = i === 0 ? "" : " or ";
    if (type === "array") return [before, "list of ", ...typeOf(schema.items)];
    if (type === "object" && schema.additionalProperties) return [before, "map to ", ...typeOf(schema.additionalProperties)];
    return [before, schema.format ? `${type} (${schema.format})` : type];
  });
}

/** What the type does not say: bounds, pattern, default. */
function bounds(schema) {
  const said = [];
  const between = (low, high, what) => {
    if (low !== undefined && high !== undefined) said.push(`${low} to ${high}${what}`);
    else if (low !== undefined) said.push(`at least ${low}${what}`);
    else if (high !== undefined) said.push(`at most ${high}${what}`);
  };
  between(schema.minimum, schema.maximum, "");
  between(schema.minLength, schema.maxLength, " characters");
  between(schema.minItems, schema.maxItems, " items");
  if (schema.pattern) said.push(`matches ${schema.pattern}`);
  if (schema.default !== undefined) said.push(`${JSON.stringify(schema.default)} when left out`);
  return said.length ? el("p", { class: "quiet" }, said.join("; ")) : null;
}

/** A value that fits a schema. */
function example(api, schema, depth = 0) {
  const own = resolve(api, schema);
  if (own.example !== undefined) return own.example;
  if (own.examples?.length) return own.examples[0];
  if (own.default !== undefined) return own.default;
  if (own.const !== undefined) return own.const;
  if (own.enum) return own.enum[0];
  if (depth > DEEPEST) return null;
  const either = own.oneOf ?? own.anyOf;
  if (either) return example(api, either.find((one) => resolve(api, one).type !== "null") ?? either[0], depth + 1);
  if (own.allOf) return Object.assign({}, ...own.allOf.map((one) => example(api, one, depth + 1)));
  const type = [own.type ?? (own.properties ? "object" : "anything")].flat().find((one) => one !== "null");
  switch (type) {
    case "object":
      return Object.fromEntries(Object.entries(own.properties ?? {}).map(([key, value]) => [key, example(api, value, depth + 1)]));
    case "array":
      return own.items ? [example(api, own.items, depth + 1)] : [];
    case "integer":
    case "number":
      return own.minimum ?? 1;
    case "boolean":
      return true;
    case "string":
      return text(own);
    default:
      return null;
  }
}

function text(schema) {
  const prefix = schema.pattern?.match(/^\^([a-z]+_)\[/);
  if (prefix) return `${prefix[1]}01k8f9y2v7e5r8t1w4x6z0a2b3`;
  const known = { "date-time": "2026-03-29T09:00:00Z", date: "2026-03-29", uri: "https://example.com/", uuid: "01952f3c-7b1e-7000-8000-000000000000" };
  return known[schema.format] ?? "text";
}

function shown(value) {
  return el("pre", { tabindex: "0" }, el("code", {}, typeof value === "string" ? value : JSON.stringify(value, null, 2)));
}

function table(caption, heads, rows) {
  if (rows.length === 0) return null;
  return [
    el("h4", {}, caption),
    el("div", { class: "tables" }, el("table", {},
      el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, rows.map((cells) => el("tr", {}, cells.map((cell) => el("td", {}, cell))))))),
  ];
}

function named(name, required) {
  return [el("code", {}, name), required ? el("span", { class: "required" }, " required") : null];
}

function fields(schema) {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(([name, one]) => [
    named(name, required.has(name)), typeOf(one), [...prose(one.description), bounds(one)],
  ]);
}

function contents(api, body) {
  return Object.entries(body.content ?? {}).flatMap(([media, content]) => {
    const sample = content.example ?? example(api, content.schema);
    return [
      el("p", {}, typeOf(content.schema), el("span", { class: "quiet" }, ` as ${media}`)),
      media.includes("json") && sample !== null
        ? el("details", {}, el("summary", {}, "Example"), shown(sample))
        : null,
    ];
  });
}

function operation(api, path, method, one) {
  const id = `op-${one.operationId ?? `${method}${path}`}`;
  const parameters = (one.parameters ?? []).map((parameter) => resolve(api, parameter));
  const responses = Object.entries(one.responses ?? {});
  const row = ([status, response]) => {
    const own = resolve(api, response);
    return [el("code", {}, status), inline(own.description ?? ""), contents(api, own)];
  };
  const good = responses.filter(([status]) => status < "400");
  const bad = responses.filter(([status]) => status >= "400");
  const body = one.requestBody ? resolve(api, one.requestBody) : null;
  const node = el("article", { id, "aria-labelledby": `${id}-title` },
    el("h3", { id: `${id}-title` }, one.summary ?? path),
    el("p", { class: "line" }, el("span", { class: `method ${method}` }, method), el("span", { class: "path" }, path)),
    prose(one.description),
    table("Parameters", ["Name", "In", "Type", "Meaning"], parameters.map((parameter) => [
      named(parameter.name, parameter.required), parameter.in, typeOf(parameter.schema),
      [...prose(parameter.description), bounds(resolve(api, parameter.schema ?? {}))],
    ])),
    body ? [el("h4", {}, "Body"), contents(api, body)] : null,
    table("Answers", ["Status", "Meaning", "Body"], good.map(row)),
    bad.length ? el("details", {}, el("summary", {}, `Problems: ${bad.map(([status]) => status).join(", ")}`),
      table("Problems", ["Status", "Meaning", "Body"], bad.map(([status, response]) => {
        const own = resolve(api, response);
        return [el("code", {}, status), inline(own.description ?? ""), Object.values(own.content ?? {}).map((content) => typeOf(content.schema))];
      }))) : null);
  const words = [method, path, one.summary, one.description, one.operationId, ...(one.tags ?? [])].join(" ").toLowerCase();
  const link = el("li", {}, el("a", { href: `#${id}` }, el("span", { class: `method ${method}` }, method), one.summary ?? path));
  return { tag: one.tags?.[0] ?? "Other", node, link, words };
}

function schemaEntry(api, name, schema) {
  const node = el("article", { id: `schema-${name}`, "aria-labelledby": `schema-${name}-title` },
    el("h3", { id: `schema-${name}-title` }, name),
    prose(schema.description),
    schema.properties ? table("Fields", ["Name", "Type", "Meaning"], fields(schema)) : el("p", {}, typeOf(schema), bounds(schema)),
    el("details", {}, el("summary", {}, "Example"), shown(example(api, schema))));
  const words = [name, schema.description, ...Object.keys(schema.properties ?? {})].join(" ").toLowerCase();
  return { tag: "Schemas", node, link: el("li", {}, el("a", { href: `#schema-${name}` }, name)), words };
}

function draw(api) {
  const nav = document.getElementById("nav");
  const main = document.getElementById("main");
  const entries = [];
  for (const [path, item] of Object.entries(api.paths ?? {})) {
    for (const method of METHODS) if (item[method]) entries.push(operation(api, path, method, item[method]));
  }
  for (const [name, schema] of Object.entries(api.components?.schemas ?? {})) entries.push(schemaEntry(api, name, schema));

  const status = document.getElementById("status");
  main.replaceChildren(
    el("section", {}, el("h1", {}, api.info.title), el("p", { class: "quiet" }, `Version ${api.info.version}, OpenAPI ${api.openapi}`), prose(api.info.description)),
    status,
  );
  const groups = [...new Set(entries.map((entry) => entry.tag))].sort((a, b) => (a === "Schemas") - (b === "Schemas")).map((tag) => {
    const own = entries.filter((entry) => entry.tag === tag);
    const section = el("section", { "aria-label": tag }, el("h2", {}, tag), own.map((entry) => entry.node));
    const list = el("div", {}, el("h2", {}, tag), el("ul", {}, own.map((entry) => entry.link)));
    main.append(section);
    nav.append(list);
    return { own, section, list };
  });

  const search = document.getElementById("search");
  const filter = () => {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { own, section, list } of groups) {
      let any = false;
      for (const entry of own) {
        const fits = wanted.every((word) => entry.words.includes(word));
        entry.node.hidden = !fits;
        entry.link.hidden = !fits;
        any ||= fits;
        found += fits ? 1 : 0;
      }
      section.hidden = !any;
      list.hidden = !any;
    }
    status.textContent = wanted.length === 0 ? "" : `${found} of ${entries.length} match.`;
  };
  search.addEventListener("input", filter);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !(event.target instanceof HTMLInputElement)) {
      event.preventDefault();
      search.focus();
    }
  });
  const jump = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.hidden) {
      search.value = "";
      filter();
    }
    for (const link of nav.querySelectorAll("[aria-current]")) link.removeAttribute("aria-current");
    nav.querySelector(`a[href="${CSS.escape(location.hash)}"]`)?.setAttribute("aria-current", "true");
    target?.scrollIntoView();
  };
  addEventListener("hashchange", jump);
  filter();
  if (location.hash) jump();
}

fetch("/api/openapi.json")
  .then((answer) => {
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    return answer.json();
  })
  .then(draw)
  .catch((error) => {
    document.getElementById("status").textContent = `The description can't be read: ${error.message}.`;
  });
