import type { Asked } from "./call";

export const JSON_BODY = { "content-type": "application/json" } as const;

/** What a hostile client sends as the clerk with a token that is good for the tool `crm` */
interface Odd extends Asked {
  readonly name: string;
  readonly status: number;
  readonly codes: readonly string[];
}

export const note = (body: string | Buffer, headers: Asked["headers"] = JSON_BODY): Asked => ({
  method: "POST",
  path: "/tools/crm/notes",
  headers,
  body,
});

/** Each by the attack that it is: none may reach the tool. */
export const ODD: readonly Odd[] = [
  { name: "a path with // (CVE-2026-26205)", path: "/tools/crm//records/42", status: 400, codes: ["call.target"] },
  { name: "a path with ..", path: "/tools/crm/x/../records/42", status: 400, codes: ["call.target"] },
  { name: "a path with %2e%2e", path: "/tools/crm/x/%2e%2e/records/42", status: 400, codes: ["call.target"] },
  { name: "a path with %2f", path: "/tools/crm/records/4%2f2", status: 400, codes: ["gateway.limit"] },
  { name: "a path with a backslash", path: "/tools/crm/records\\42", status: 400, codes: ["call.target"] },
  { name: "a path with ;", path: "/tools/crm/records/42;admin=1", status: 400, codes: ["call.target"] },
  {
    name: "an argument ../x?y#z (CVE-2026-29791)",
    path: "/tools/crm/records/..%2Fx%3Fy%23z",
    status: 400,
    codes: ["gateway.limit"],
  },
  { name: "an argument with CR LF", path: "/tools/crm/records/4%0d%0aX:y", status: 400, codes: ["call.target"] },
  { name: "an argument that is no UTF-8", path: "/tools/crm/records/%ff", status: 400, codes: ["call.target"] },
  { name: "a percent sign encoded twice", path: "/tools/crm/records/%252e%252e", status: 400, codes: ["call.target"] },
  { name: "a query where none is declared", path: "/tools/crm/records/42?x=1", status: 400, codes: ["call.arguments"] },
  { name: "a query parameter sent twice", path: "/tools/crm/find?q=a&q=b", status: 400, codes: ["call.target"] },
  {
    name: "a query parameter that the schema has not",
    path: "/tools/crm/find?q=a&admin=1",
    status: 400,
    codes: ["call.arguments"],
  },
  { name: "a path of no action", path: "/tools/crm/admin", status: 403, codes: ["call.unrecognised"] },
  {
    name: "another method",
    method: "DELETE",
    path: "/tools/crm/records/42",
    status: 403,
    codes: ["call.unrecognised"],
  },
  {
    name: "a body where none is declared",
    path: "/tools/crm/records/42",
    headers: { ...JSON_BODY, "content-length": "2" },
    body: "{}",
    status: 400,
    codes: ["call.arguments"],
  },
  { name: "a tool that is not declared", path: "/tools/vault/x", status: 403, codes: ["gateway.route"] },
  {
    name: "a parameter that is another action's text for a server that decodes it",
    path: "/tools/crm/records/%6catest",
    status: 400,
    codes: ["call.target"],
  },
  { name: "a path outside /tools", path: "/admin", status: 403, codes: ["gateway.route"] },
  { name: "a tool's name in another case", path: "/tools/CRM/records/42", status: 403, codes: ["gateway.route"] },
  {
    name: "X-HTTP-Method-Override",
    path: "/tools/crm/records/42",
    headers: { "x-http-method-override": "DELETE" },
    status: 400,
    codes: ["call.header"],
  },
  {
    name: "X-Original-URL",
    path: "/tools/crm/records/42",
    headers: { "x-original-url": "/admin" },
    status: 400,
    codes: ["call.header"],
  },
  {
    name: "two Authorization headers (CVE-2026-26308)",
    path: "/tools/crm/records/42",
    headers: { authorization: ["Bearer x", "Bearer y"] },
    status: 401,
    codes: ["gateway.token-missing"],
  },
  {
    name: "a header with an underscore",
    path: "/tools/crm/records/42",
    headers: { x_forwarded_for: "1.1.1.1" },
    status: 400,
    codes: ["gateway.limit"],
  },
  { ...note('{"text":"a","text":"b"}'), name: "a member twice", status: 400, codes: ["call.body"] },
  {
    ...note('{"text":"a","Text":"b"}'),
    name: "text and Text (GHSA-4gph-2hhr-5mwg)",
    status: 400,
    codes: ["call.body"],
  },
  {
    ...note('{"\u017Fext":"a","sext":"b"}'),
    name: "names equal by Unicode folding (CVE-2026-27896)",
    status: 400,
    codes: ["call.body"],
  },
  { ...note('{"Text":"a"}'), name: "only Text, where the schema has text", status: 400, codes: ["call.arguments"] },
  { ...note('{"text":"a","at":9007199254740993}'), name: "a number beyond 2^53", status: 400, codes: ["call.body"] },
  {
    ...note('{"text":"a","at":1.0000000000000000001}'),
    name: "a number with more digits than a double holds",
    status: 400,
    codes: ["call.body"],
  },
  { ...note('{"text":"\\ud800"}'), name: "half of a character", status: 400, codes: ["call.body"] },
  {
    ...note(`{"text":${"[".repeat(65)}${"]".repeat(65)}}`),
    name: "more than 64 levels",
    status: 400,
    codes: ["call.body"],
  },
  {
    ...note(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
    name: "a body that is no UTF-8",
    status: 400,
    codes: ["call.body"],
  },
  { ...note("\ufeff{}"), name: "a byte order mark", status: 400, codes: ["call.body"] },
  { ...note('{"text":"a"} {"text":"b"}'), name: "two JSON texts", status: 400, codes: ["call.body"] },
  { ...note('{"text":"a","__proto__":{}}'), name: "__proto__", status: 400, codes: ["call.body"] },
  {
    ...note('{"text":"a"}', { "content-type": "text/plain" }),
    name: "text/plain (toolhive#6234)",
    status: 400,
    codes: ["call.content-type"],
  },
  { ...note('{"text":"a"}', {}), name: "no content type", status: 400, codes: ["call.content-type"] },
  {
    ...note('{"text":"a"}', { "content-type": "application/json; charset=utf-16" }),
    name: "another charset",
    status: 400,
    codes: ["call.content-type"],
  },
  {
    ...note('{"text":"a"}', { ...JSON_BODY, "content-encoding": "gzip" }),
    name: "a content encoding",
    status: 400,
    codes: ["call.content-type"],
  },
  {
    ...note('{"text":"a","admin":true}'),
    name: "a member that the schema has not",
    status: 400,
    codes: ["call.arguments"],
  },
  { ...note(Buffer.alloc(300_000, 0x20)), name: "a body over the limit", status: 413, codes: ["call.too-large"] },
];
