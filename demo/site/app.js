// The site has two addresses: reads go through the edge (?edge=, by default
// wherever this page came from), edits go to the origin (?origin=, likewise).
const parameters = new URLSearchParams(location.search);
const edge = base("edge");
const origin = base("origin");
const readToken = parameters.get("token") ?? "demo-token";
const writeToken = parameters.get("write_token") ?? "demo-write-token";

const main = document.querySelector("#main");
const answer = document.querySelector("#answer");

document.querySelector("#source").textContent = new URL(edge).host;
addEventListener("hashchange", () => render(true));
render(false);

/** Returns an address from the query, or that of this page. */
function base(name) {
  const address = new URL(parameters.get(name) ?? location.origin, location.origin);
  return address.origin;
}

/** Reads from the API through the edge and shows how the edge took it. */
async function read(path, query = {}) {
  const search = new URLSearchParams({ ...query, auth_token: readToken });
  const response = await fetch(`${edge}${path}?${search}`);
  answer.textContent = [
    `${response.status} for ${path}`,
    response.headers.get("Cache-Status"),
    response.headers.get("Age") && `age ${response.headers.get("Age")} s`,
  ].filter(Boolean).join(" · ");
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail ?? body.title ?? `The API answered ${response.status}.`);
  return body;
}

/** Changes a post at the origin; wait=1 answers once the edge was purged. */
async function edit(slug, change) {
  const response = await fetch(`${origin}/v2/posts/${encodeURIComponent(slug)}/?wait=1`, {
    method: "PATCH",
    headers: { "Authorization": `Token ${writeToken}`, "Content-Type": "application/json" },
    body: JSON.stringify(change),
  });
  if (!response.ok) throw new Error(`The edit was refused: ${await response.text()}`);
  return response.json();
}

/** Shows what the address's fragment asks for: #/, #/page/2 or #/post/slug. */
async function render(focus) {
  const [kind, value] = location.hash.replace(/^#\/?/, "").split("/");
  main.setAttribute("aria-busy", "true");
  try {
    const parts = kind === "post" ? await article(decodeURIComponent(value)) : await list(Number(value) || 1);
    main.replaceChildren(...parts);
  } catch (error) {
    main.replaceChildren(element("p", { className: "error", role: "alert" }, error.message));
  }
  main.setAttribute("aria-busy", "false");
  if (focus) main.focus();
}

async function list(page) {
  document.title = "Notes from the larder";
  const { meta, data } = await read("/v2/posts/", { page, page_size: 12, exclude_body: "true" });
  const posts = data.map((post) => element("li", {},
    element("h2", {}, link(`#/post/${encodeURIComponent(post.slug)}`, post.title)),
    byline(post),
    element("p", {}, post.summary)));
  return [
    element("h1", {}, "Latest notes"),
    element("ul", { className: "posts" }, ...posts),
    element("nav", { ariaLabel: "Pages" },
      meta.previous_page ? link(`#/page/${meta.previous_page}`, "← Newer") : element("span", {}),
      meta.next_page ? link(`#/page/${meta.next_page}`, "Older →") : element("span", {})),
  ];
}

async function article(slug) {
  const { meta, data: post } = await read(`/v2/posts/${encodeURIComponent(slug)}/`);
  document.title = `${post.title} · Notes from the larder`;
  const body = element("div", { className: "body" });
  body.innerHTML = post.body; // the editors' own HTML
  const button = element("button", { type: "button" }, "Edit this note");
  const shown = element("article", {},
    element("h1", {}, post.title),
    byline(post),
    element("p", { className: "lead" }, post.summary),
    body,
    element("p", { className: "terms" }, [...post.categories, ...post.tags].map((term) => term.name).join(" · ")),
    button,
    element("nav", { ariaLabel: "Neighbouring notes" },
      meta.previous_post ? link(`#/post/${encodeURIComponent(meta.previous_post.slug)}`, `← ${meta.previous_post.title}`) : element("span", {}),
      meta.next_post ? link(`#/post/${encodeURIComponent(meta.next_post.slug)}`, `${meta.next_post.title} →`) : element("span", {})));
  button.addEventListener("click", () => button.replaceWith(editor(post)));
  return [shown];
}

/** Returns a form that changes title and summary. */
function editor(post) {
  const title = element("input", { name: "title", value: post.title, required: true });
  const summary = element("textarea", { name: "summary", rows: 3, value: post.summary });
  const save = element("button", { type: "submit" }, "Save");
  const cancel = element("button", { type: "button", className: "plain" }, "Cancel");
  const form = element("form", { ariaLabel: "Edit this note" },
    element("label", {}, "Title", title),
    element("label", {}, "Summary", summary),
    element("p", {}, save, " ", cancel));
  cancel.addEventListener("click", () => render(true));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    save.disabled = true;
    try {
      await edit(post.slug, { title: title.value, summary: summary.value });
      await render(true);
    } catch (error) {
      save.disabled = false;
      form.append(element("p", { className: "error", role: "alert" }, error.message));
    }
  });
  queueMicrotask(() => title.focus());
  return form;
}

function byline(post) {
  const day = new Date(post.published ?? post.created);
  return element("p", { className: "byline" },
    `${post.author.first_name} ${post.author.last_name}, `,
    element("time", { dateTime: day.toISOString() }, day.toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" })),
    `, revision ${post.revision}`);
}

function link(href, text) {
  return element("a", { href }, text);
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
