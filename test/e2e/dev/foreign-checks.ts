import { deepStrictEqual as equal, match, ok } from "node:assert";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import type { Check, Suite } from "../harness/suite";
import type { DevWorld } from "./dev-world";

/** A name that leads to this machine in the browser of these checks */
export const STRANGER = "stranger.example";
const PATHS = ["/ask", "/sign-in", "/sign-out", "/story", "/events", "/state"];

/** A page of a stranger in the same browser */
export function foreignChecks(suite: Suite, browser: Check<Browser>, world: Check<DevWorld>): void {
  suite.check(
    "fails for a page of a stranger after DNS rebinding: its own origin is no host of the page",
    [browser, world],
    async ([at, { page: url }]) => {
      const tab = await at.newPage();
      const statuses = watched(tab, new URL(url).port);
      await tab.goto(`http://${STRANGER}:${new URL(url).port}/`);
      match(await tab.content(), /page\.host/);
      await tried(tab, PATHS);
      ok(statuses.length > PATHS.length, "the page was not asked");
      equal([...new Set(statuses)], [403]);
      await tab.close();
    },
  );

  suite.check(
    "fails for requests across origins, by fetch, form and frame",
    [browser, world],
    async ([at, { page: url }]) => {
      const server = createServer((_, response) =>
        response.setHeader("content-type", "text/html").end("<title>page</title>"),
      );
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      suite.afterwards(() => void server.close());
      const tab = await at.newPage();
      const statuses = watched(tab, new URL(url).port);
      await tab.goto(`http://${STRANGER}:${(server.address() as AddressInfo).port}/`);
      await tried(
        tab,
        PATHS.map((path) => `${url}${path}`),
      );
      equal(await tab.evaluate(`(${IN_FRAME})(${JSON.stringify(url)})`), "nothing");
      ok(statuses.length > 0, "the page was not asked");
      // A request that says nothing of where it comes from, as one for a frame does, gets what its page cannot read.
      equal(
        statuses.filter((status) => status !== 403 && status !== 200),
        [],
      );
      await tab.close();
    },
  );
}

/** Statuses of what the page's server answers */
function watched(tab: Page, port: string): readonly number[] {
  const statuses: number[] = [];
  tab.on("response", (response) => {
    if (new URL(response.url()).port === port) statuses.push(response.status());
  });
  return statuses;
}

/** No answer of it can be read. */
async function tried(tab: Page, urls: readonly string[]): Promise<void> {
  await tab.evaluate(async (targets) => {
    for (const target of targets) {
      for (const options of [
        { method: "POST", body: "{}" },
        { method: "POST", mode: "no-cors", body: "{}" },
        { method: "POST", headers: { "content-type": "application/json" }, body: "{}" },
      ]) {
        await fetch(target, { ...options, signal: AbortSignal.timeout(5_000) } as RequestInit).catch(() => undefined);
      }
    }
  }, urls);
}

/** Runs in the page: what it can see of the other page in a frame */
const IN_FRAME = `async (url) => {
  const frame = document.body.appendChild(document.createElement("iframe"));
  await new Promise((loaded) => {
    frame.addEventListener("load", loaded);
    frame.src = url;
  });
  try {
    return frame.contentDocument?.title ?? "nothing";
  } catch {
    return "nothing";
  }
}`;
