import { deepStrictEqual as equal, ok } from "node:assert";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page, Response } from "playwright-core";
import type { Suite } from "../harness/suite";
import type { Check } from "../harness/suite";
import { startBrowser } from "../review/browser";
import { arrivals } from "./call-checks";
import type { Beside } from "./companion-checks";
import type { GatewayWorld } from "./gateway-world";

const STRANGER = "stranger.example";
const TOOL = "/v1/tasks/work/tools/crm/records/1";
/** By which Node's fetch, which is no browser, reaches the tool */
const ALLOWED = 200;

/** A page of a stranger in the browser of the machine on which a companion runs */
export function browserChecks(suite: Suite, world: Check<GatewayWorld>, companion: Check<Beside>): void {
  const page = suite.check("browser: Chromium opens a page whose name leads to the companion", [], async () => {
    const browser = await startBrowser(`--host-resolver-rules=MAP ${STRANGER} 127.0.0.1`);
    suite.afterwards(() => browser.close());
    return browser.newPage();
  });

  suite.check(
    "browser: fails for a page of a stranger after DNS rebinding (as CVE-2025-64443, CVE-2025-66416): its own origin is no host of the companion",
    [world, companion, page],
    async ([at, beside, tab]) => {
      await withRun(at, beside, async (run) => {
        const answers = watched(tab, new URL(beside.url).port);
        const arrived = await arrivals(at, async () => {
          // What a rebound page is: a document of this origin, whose requests go to the companion.
          await tab.goto(`http://${STRANGER}:${new URL(beside.url).port}${TOOL}`);
          await tried(tab, [TOOL, `/v1/runs/${run}/tools/crm/records/1`, "/v1/runs"]);
        });
        equal(arrived, []);
        ok(answers.length > 3, "the companion was not asked");
        equal([...new Set(answers)], [403]);
      });
    },
  );

  suite.check(
    "browser: fails for requests across origins, by fetch, form, image and beacon",
    [world, companion, page],
    async ([at, beside, tab]) => {
      const server = createServer((_, response) =>
        response.setHeader("content-type", "text/html").end("<title>page</title>"),
      );
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      suite.afterwards(() => void server.close());
      await withRun(at, beside, async (run) => {
        const urls = [TOOL, `/v1/runs/${run}/tools/crm/notes`, "/v1/runs"].map((path) => `${beside.url}${path}`);
        const arrived = await arrivals(at, async () => {
          await tab.goto(`http://${STRANGER}:${(server.address() as AddressInfo).port}/`);
          await tried(tab, urls);
          await tab.evaluate(`(${ACROSS_ORIGINS})(${JSON.stringify(urls)})`);
          await tab.waitForTimeout(500);
        });
        equal(arrived, []);
      });
    },
  );
}

/** While a run could be used, as Node's own fetch does */
async function withRun(at: GatewayWorld, beside: Beside, work: (run: string) => Promise<void>): Promise<void> {
  const run = await beside.begin(at, "work", "vera");
  equal((await fetch(`${beside.url}/v1/runs/${run}/tools/crm/records/1`)).status, ALLOWED);
  await work(run);
  await fetch(`${beside.url}/v1/runs/${run}`, { method: "DELETE" });
}

/** Statuses of what the companion answers to a page */
function watched(tab: Page, port: string): readonly number[] {
  const answers: number[] = [];
  tab.on("response", (response: Response) => {
    if (new URL(response.url()).port === port) answers.push(response.status());
  });
  return answers;
}

async function tried(tab: Page, urls: readonly string[]): Promise<void> {
  await tab.evaluate(async (targets) => {
    for (const url of targets) {
      for (const options of [
        {},
        { mode: "no-cors" },
        { method: "POST", body: "{}" },
        { method: "POST", mode: "no-cors", body: "{}" },
      ]) {
        await fetch(url, options as RequestInit).catch(() => undefined);
      }
    }
  }, urls);
}

/** Runs in the page. */
const ACROSS_ORIGINS = `(urls) => {
  for (const url of urls) {
    navigator.sendBeacon(url, new Blob(["{}"], { type: "application/json" }));
    new Image().src = url;
    const frame = document.body.appendChild(document.createElement("iframe"));
    frame.name = url;
    const form = document.body.appendChild(document.createElement("form"));
    Object.assign(form, { method: "POST", action: url, target: url, enctype: "text/plain" });
    form.submit();
  }
}`;
