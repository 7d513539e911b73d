import type { HttpAction } from "../../domain";
import { bucket, external, fails, httpTool, TOKEN, toolWith, untyped } from "../support/domain";

type Code = Parameters<typeof fails>[2];
const PLAIN = "must be a plain string known at synth, got the Terraform token";
const shownToken = `${JSON.stringify(TOKEN)}: write the string itself`;

const action = (when: string, props: { [P in keyof HttpAction]?: unknown }, code: Code, text: string) =>
  fails(when, () => toolWith(untyped(props)), code, `tool "crm" action "get": ${text}`);

describe("action", () => {
  for (const name of ["Get", "1st", "get it", "get.it", "__proto__", "a".repeat(65)]) {
    fails(
      `an action is called ${name}`,
      () => httpTool("crm", { actions: Object.fromEntries([[name, { method: "GET", path: "/" }]]) }),
      "action.malformed",
      `tool "crm" action "${name}": a name must start with a lower-case letter and hold letters, digits, _ and -, ` +
        `at most 64, got "${name}"`,
    );
  }
  action(
    "the impact is unknown",
    { impact: "medium" },
    "action.malformed",
    'impact must be "low" or "high", got "medium"',
  );
  const REASON = "outward needs a reason that the review can show";
  for (const outward of [{ is: false }, { is: false, reason: "" }, { is: true, reason: " " }]) {
    action(
      `outward is ${JSON.stringify(outward)}`,
      { outward },
      "action.malformed",
      `${REASON}, got ${JSON.stringify(outward)}`,
    );
  }
  action(
    "it touches data in AWS",
    { touches: [bucket("letters").read()] },
    "action.malformed",
    "touches takes external data, got the bucket letters (read): " +
      "grant it in the task's data, or declare it with Dataset.external",
  );
  const orders = external("orders");
  action(
    "it touches data twice",
    { touches: [orders.read(), orders.readWrite()] },
    "grant.duplicate",
    'touches names read of "orders" twice: write it once',
  );
  action(
    "the method is unknown",
    { method: "LIST" },
    "action.malformed",
    'method must be one of GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE, got "LIST"',
  );
  action(
    "the method is in lower case",
    { method: "get" },
    "action.malformed",
    'method must be one of GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE, got "get"',
  );
  const PATH = "path must have no wildcard, query, empty or dot segment";
  const TEMPLATE = 'write a template such as "/api/v2/tickets/{id}"';
  for (const path of [
    "tickets",
    "/*",
    "/api/*/x",
    "/a?b=c",
    "/a#b",
    "//a",
    "/a//b",
    "/a/../b",
    "/..",
    "/./a",
    "/{id",
    "/{*}",
    "/a{id}",
    "/a b",
  ]) {
    action(
      `the path is ${JSON.stringify(path)}`,
      { path },
      "action.malformed",
      `${PATH}, got ${JSON.stringify(path)}: ${TEMPLATE}`,
    );
  }
  action(
    "the path has one parameter twice",
    { path: "/a/{id}/b/{id}" },
    "action.malformed",
    'path names {id} twice, got "/a/{id}/b/{id}": give each parameter its own name',
  );
  action(
    "the path is missing",
    { path: undefined },
    "action.malformed",
    "path must be a non-empty string, got nothing",
  );
  action("the path is a token", { path: TOKEN }, "token", `path ${PLAIN} ${shownToken}`);
  test.each(["/", "/a/b", "/a/{id}/b/{other}", "/a.b/..c/...", "/v1/a:run", "/a/"])("accepts the path %s", (path) => {
    expect(toolWith({ path: path as "/" }).actions.get("get")?.match).toEqual({ method: "GET", path });
  });
});
