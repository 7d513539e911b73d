import type { IncomingHttpHeaders } from "node:http";
import { turnedAway } from "../../cli/dev/page/page-guard";

const own = "http://127.0.0.1:8446";
const host = "127.0.0.1:8446";
const JSON_TYPE = "application/json";
const code = (method: string, headers: IncomingHttpHeaders, path = "/"): string | undefined =>
  turnedAway({ method, path, headers, own })?.code;

describe("the guard of the development page", () => {
  test.each([
    ["GET", { host }],
    ["GET", { host, "sec-fetch-site": "none" }],
    ["GET", { host, origin: own }],
    ["POST", { host, origin: own, "content-type": JSON_TYPE }],
    ["POST", { host, origin: own, "content-type": `${JSON_TYPE}; charset=utf-8`, "sec-fetch-site": "same-origin" }],
  ])("lets through a %s of %j", (method, headers: IncomingHttpHeaders) =>
    expect(code(method, headers)).toBeUndefined(),
  );

  test.each([
    ["GET", {}, "page.host"],
    ["GET", { host: "evil.example" }, "page.host"],
    ["GET", { host: "localhost:8446" }, "page.host"],
    ["GET", { host: "127.0.0.1:8447" }, "page.host"],
    ["POST", { host: "evil.example", origin: "http://evil.example", "content-type": JSON_TYPE }, "page.host"],
    ["GET", { host, origin: "http://evil.example" }, "page.origin"],
    ["GET", { host, origin: "null" }, "page.origin"],
    ["POST", { host, origin: "http://127.0.0.1:8447", "content-type": JSON_TYPE }, "page.origin"],
    ["POST", { host, "content-type": JSON_TYPE }, "page.origin"],
    ["POST", { host, origin: own, "content-type": JSON_TYPE, "sec-fetch-site": "cross-site" }, "page.origin"],
    ["POST", { host, origin: own, "content-type": "application/x-www-form-urlencoded" }, "page.origin"],
    ["POST", { host, origin: own, "content-type": "text/plain" }, "page.origin"],
    ["POST", { host, origin: own }, "page.origin"],
  ])("fails for a %s of %j", (method, headers: IncomingHttpHeaders, refused) =>
    expect(code(method, headers)).toBe(refused),
  );

  test.each([
    ["/", "cross-site"],
    ["/signed-in", "same-site"],
  ])("lets a link of another page lead to %s (%s)", (path, site) =>
    expect(code("GET", { host, "sec-fetch-site": site, "sec-fetch-mode": "navigate" }, path)).toBeUndefined(),
  );

  test.each(["/events", "/state"])("lets its own script ask for %s", (path) =>
    expect(code("GET", { host, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" }, path)).toBeUndefined(),
  );

  test.each([
    ["/events", "cross-site", "no-cors"],
    ["/events", "same-site", "cors"],
    ["/events", "cross-site", "navigate"],
    ["/state", "same-site", "navigate"],
    ["/state", "cross-site", "no-cors"],
    ["/", "cross-site", "no-cors"],
    ["/page.js", "same-site", "no-cors"],
    ["/", "cross-site", undefined],
  ])("fails for %s where another page asks (%s, %s)", (path, site, mode) =>
    expect(code("GET", { host, "sec-fetch-site": site, "sec-fetch-mode": mode }, path)).toBe("page.origin"),
  );
});
