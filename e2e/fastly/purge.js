// Purges with Fastly's official JavaScript client, unchanged, and prints each answer
// as a line of JSON. The client's base URL is fixed in every call: a subclass of its
// ApiClient puts the edge's in the place of it.
//
//   node purge.js https://edge/_larder/fastly token tenant '[["purgeTag", {…}], …]'

import Fastly from "fastly";

const [base, token, tenant, calls] = process.argv.slice(2);

class Edge extends Fastly.ApiClient {
  buildUrl(path, parameters, reserved) {
    return super.buildUrl(path, parameters, reserved, base);
  }
}

const client = new Edge();
client.authenticate(token);
if (tenant) client.defaultHeaders["Larder-Tenant"] = tenant;
const api = new Fastly.PurgeApi(client);

for (const [name, options] of JSON.parse(calls)) {
  try {
    const { data, response } = await api[`${name}WithHttpInfo`](options);
    console.log(JSON.stringify({ status: response.status, body: data ?? response.body }));
  } catch (error) {
    console.log(JSON.stringify({ status: error.status ?? 0, body: error.response?.body ?? String(error) }));
  }
}
