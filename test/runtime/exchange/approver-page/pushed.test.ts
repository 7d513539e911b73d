import { approverPage } from "../../../../runtime/exchange/approver-page/app";
import { ORIGIN, VisitedPage } from "../../../support/approver-page/visited-page";

const HOST = new URL(ORIGIN).host;

function world({ takes = true, named = true } = {}) {
  const page = new VisitedPage();
  const taken: Request[] = [];
  if (!named) page.settings = undefined;
  const pushed = {
    answer: async (request: Request) => {
      taken.push(request);
      return new Response(null, { status: 202 });
    },
  };
  const app = approverPage({ ...page.parts, ...(takes && { pushed }) });
  let proven = 0;
  const env = { connection: { certificates: [] }, proven: () => void (proven += 1) };
  const send = async (method: string, host: string) =>
    (await app.request("https://any.example/security-events", { method, headers: { host } }, env)).status;
  return { send, taken, proven: () => proven };
}

test("security events come in beside the page, without what browsers send", async () => {
  const { send, taken, proven } = world();
  expect([await send("POST", HOST), taken.length, proven()]).toEqual([202, 1, 1]);
});

test.each<readonly [what: string, method: string, host: string, settings: object, status: number]>([
  ["another host", "POST", "evil.example", {}, 421],
  ["another method", "GET", HOST, {}, 404],
  ["a platform that takes none", "POST", HOST, { takes: false }, 404],
  ["a platform that names no page", "POST", HOST, { named: false }, 404],
])("fails for %s, and nothing is taken", async (_, method, host, settings, status) => {
  const { send, taken, proven } = world(settings);
  expect([await send(method, host), taken, proven()]).toEqual([status, [], 0]);
});
