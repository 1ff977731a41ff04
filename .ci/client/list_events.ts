// A client that is made of the API's document alone: it injects an event, finds it in the list, and reads a problem.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

const { CUEBOOK_URL: baseUrl, CUEBOOK_KEY: key } = process.env;
assert(baseUrl && key, "CUEBOOK_URL and CUEBOOK_KEY name the server");
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });

const injected = await client.POST("/api/v1/events", {
  body: { type: "new-booking", payload: { booking_pid: "2932" }, perform: false },
});
assert(injected.data, injected.error?.detail);
const { id } = injected.data;

const listed = await client.GET("/api/v1/events", {
  params: { query: { type: ["new-booking"], subject: "2932", limit: 10 } },
});
assert(listed.data, listed.error?.detail);
const found = listed.data.items.find((event) => event.id === id);
assert.equal(found?.origin, "trigger");
assert.equal(listed.data.next_cursor, null);

const missing = await client.GET("/api/v1/runs/{id}", { params: { path: { id } } });
assert.equal(missing.error?.code, "not_found");
console.log(`listed ${listed.data.items.length} events`);
