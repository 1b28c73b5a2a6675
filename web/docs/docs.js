// What a page cannot do by itself: filter, remember the key while the page is open, and try an operation. The key
// lives in its field alone: it is never stored, never part of a URL, and gone with the page.
"use strict";

const find = (selector, within = document) => within.querySelector(selector);
const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];
const key = () => find("#key").value.trim();

// --- what only works with this script ------------------------------------------------------------------------

for (const element of findAll("#menu, #search, #credential, .try")) element.hidden = false;
if (!find(".operation")) find("#credential").hidden = true;

find("#menu").addEventListener("click", () => {
  const isOpen = find("#nav").classList.toggle("open");
  find("#menu").setAttribute("aria-expanded", String(isOpen));
});
find("#nav").addEventListener("click", (event) => {
  if (event.target.closest("a")) find("#nav").classList.remove("open");
});

// --- filter --------------------------------------------------------------------------------------------------

function filter() {
  const words = find("#filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const element of findAll("[data-words]")) {
    const text = element.dataset.words.toLowerCase();
    element.hidden = !words.every((word) => text.includes(word));
  }
  for (const chapter of findAll(".chapter")) {
    chapter.hidden = words.length > 0 && !findAll(":scope > [data-words]", chapter).some((one) => !one.hidden);
  }
  for (const list of findAll("nav ul")) {
    const isEmpty = findAll("li", list).every((item) => item.hidden);
    list.hidden = isEmpty;
    list.previousElementSibling.hidden = isEmpty;
  }
  const introduction = find(".intro");
  if (introduction) introduction.hidden = words.length > 0;
}

find("#filter").addEventListener("input", filter);
find("#filter").addEventListener("keydown", (event) => {
  if (event.key === "Enter") find("nav li:not([hidden]) a")?.focus();
});
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, textarea, select");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    find("#filter").focus();
  } else if (event.key === "Escape" && event.target === find("#filter")) {
    find("#filter").value = "";
    filter();
  }
});

// --- where the reader is -------------------------------------------------------------------------------------

const links = new Map(findAll("nav a[href^='#']").map((link) => [link.hash.slice(1), link]));
const watcher = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute("aria-current");
      const link = links.get(entry.target.id);
      link?.setAttribute("aria-current", "true");
    }
  },
  { rootMargin: "-15% 0px -75% 0px" },
);
for (const section of findAll(".operation, .schema")) watcher.observe(section);

// --- the key -------------------------------------------------------------------------------------------------

let lastAsked = "";

async function showCaller() {
  const who = find("#who");
  lastAsked = key();
  who.className = "";
  who.value = "";
  if (!lastAsked) return;
  const asked = lastAsked;
  const answer = await fetch("/api/v1/auth/me", { headers: { "X-API-Key": asked }, credentials: "omit" }).catch(() => null);
  if (asked !== lastAsked) return; // another key has been typed since
  const body = await answer?.json().catch(() => null);
  who.className = answer?.ok ? "good" : "bad";
  who.value = answer?.ok ? `${body.username} (${body.roles.join(", ")})` : body?.title ?? "The server does not answer";
}

find("#key").addEventListener("change", showCaller);
find("#credential").addEventListener("submit", (event) => {
  event.preventDefault();
  showCaller();
});

// --- try it --------------------------------------------------------------------------------------------------

function requestOf(form) {
  const request = { method: form.dataset.method, path: form.dataset.path, headers: {}, body: undefined };
  const query = new URLSearchParams();
  for (const field of findAll("[data-in]", form)) {
    const { in: place, name } = field.dataset;
    if (place === "body") {
      request.body = field.value;
      request.headers["Content-Type"] = "application/json";
    } else if (field.value === "") {
      continue;
    } else if (place === "path") {
      request.path = request.path.replace(`{${name}}`, encodeURIComponent(field.value));
    } else if (place === "query") {
      query.append(name, field.value);
    } else {
      request.headers[name] = field.value;
    }
  }
  const tail = query.toString();
  if (tail) request.path += `?${tail}`;
  return request;
}

function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

// With a variable in place of the key, so that it can be pasted anywhere.
function curlOf(request) {
  const parts = [`curl -X ${request.method} ${quoted(location.origin + request.path)}`, `-H "X-API-Key: $XZEPR_API_KEY"`];
  for (const [name, value] of Object.entries(request.headers)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (request.body !== undefined) parts.push(`-d ${quoted(request.body)}`);
  return parts.join(" \\\n  ");
}

function shownBody(text, type) {
  if (!/json/.test(type ?? "")) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function show(output, line, isGood, text) {
  output.replaceChildren();
  const answered = document.createElement("p");
  answered.className = "answered";
  const status = document.createElement("b");
  status.className = isGood ? "status ok" : "status";
  status.textContent = line;
  answered.append(status);
  output.append(answered);
  if (!text) return;
  const block = document.createElement("pre");
  block.tabIndex = 0;
  block.textContent = text;
  output.append(block);
}

const toldHeaders = ["location", "etag", "link", "retry-after", "allow", "idempotency-replayed", "x-request-id"];

async function send(form) {
  const output = find("output", form);
  const request = requestOf(form);
  const headers = { ...request.headers };
  if (key()) headers["X-API-Key"] = key();
  const started = performance.now();
  try {
    const answer = await fetch(request.path, {
      method: request.method, headers, body: request.body, cache: "no-store", credentials: "omit",
    });
    const text = await answer.text();
    const took = Math.round(performance.now() - started);
    const told = toldHeaders.filter((name) => answer.headers.has(name)).map((name) => `${name}: ${answer.headers.get(name)}`);
    const body = shownBody(text, answer.headers.get("content-type"));
    show(output, `${answer.status} ${answer.statusText} in ${took} ms`, answer.ok, [told.join("\n"), body].filter(Boolean).join("\n\n"));
  } catch {
    show(output, "The server does not answer", false, "");
  }
}

for (const form of findAll(".try form")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = find("[type=submit]", form);
    button.disabled = true;
    await send(form);
    button.disabled = false;
  });
  find(".curl", form).addEventListener("click", async () => {
    const text = curlOf(requestOf(form));
    const isCopied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    show(find("output", form), isCopied ? "Copied" : "To copy", true, text);
  });
}
