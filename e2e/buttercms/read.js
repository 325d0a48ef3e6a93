// Reads content with the official client, unchanged, and prints it as JSON.
// The client's base URL is fixed: the global fetch, which it uses, is wrapped so
// that its requests go to the edge.
//
//   node read.js http://edge:port token slug query

import Butter from "buttercms";

const [edge, token, slug, query] = process.argv.slice(2);
const fixed = "https://api.buttercms.com/";

const direct = globalThis.fetch;
const seen = [];
globalThis.fetch = async (url, options) => {
  if (!String(url).startsWith(fixed)) throw new Error(`unexpected request to ${url}`);
  const answer = await direct(`${edge}/${String(url).slice(fixed.length)}`, options);
  seen.push(answer.headers.get("cache-status"));
  return answer;
};

const butter = Butter(token);
const list = await butter.post.list({ page: 1, page_size: 5 });
const post = await butter.post.retrieve(slug);
const found = await butter.post.search(query);

console.log(JSON.stringify({
  list: list.data.data.map((each) => each.slug),
  count: list.data.meta.count,
  post: post.data.data.slug,
  found: found.data.data.map((each) => each.slug),
  seen,
}));
