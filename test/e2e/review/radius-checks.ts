import { deepStrictEqual, match, strictEqual } from "node:assert";
import type { Browser } from "playwright-core";
import { BlastRadii } from "../../../review/blast-radius/blast-radii";
import { htmlRadius } from "../../../review/blast-radius/report/radius-page";
import type { BlastRadius } from "../../../review/blast-radius/blast-radius";
import { synthesize } from "../../support/example-app";
import { estateOf, filesOf } from "../../support/review/folders";
import { HOSTILE } from "../../review/report/arbitrary-review";
import type { Check, Suite } from "../harness/suite";
import { findsNothing } from "./axe";
import { open, texts } from "./browser";
import { pageWriter } from "./written";

/** The page of a blast radius as a person uses it */
export function radiusChecks(suite: Suite, browser: Check<Browser>): void {
  const pages = suite.check("pages of blast radii are written", [], () => writtenPages(suite));

  suite.check(
    "the page of a blast radius loads and complains of nothing",
    [browser, pages],
    async ([chromium, all]) => {
      const { page, noticed } = await open(chromium, all.example);
      deepStrictEqual(noticed, []);
      match((await texts(page, "#verdict")).join(), /^Who controls support-triage reads 4 datasets up to confidential/);
      strictEqual(await page.locator(".thing.who").count(), 3);
      await page.locator("#search").fill("payments");
      deepStrictEqual(await texts(page, "#reached h3"), ["support-triage itself · called by users"]);
      await page.locator("input[name=approval]").uncheck();
      deepStrictEqual(await texts(page, "#reached"), ["Nothing that is reached fits what is asked for."]);
      await page.context().close();
    },
  );

  suite.check("a deep link selects a reached target, and shows its path", [browser, pages], async ([chromium, all]) => {
    const { page } = await open(chromium, `${all.example}#/action/search`);
    deepStrictEqual(await texts(page, "#selected li"), [
      "support-triage → (answer → researcher.lookup) researcher → (researcher.lookup → web-reader.fetch) web-reader → (query) search",
    ]);
    strictEqual(await page.locator("tr.target").count(), 1);
    await page.context().close();
  });

  suite.check("names in a blast radius are text", [browser, pages], async ([chromium, all]) => {
    const { page, noticed } = await open(chromium, all.hostile);
    deepStrictEqual(noticed, []);
    strictEqual(await page.locator("img, iframe, object, embed, style ~ style, a[href^='http']").count(), 0);
    strictEqual(await page.locator("script").count(), 2);
    await page.context().close();
  });

  suite.check("axe finds nothing in a blast radius", [browser, pages], async ([chromium, all]) => {
    await findsNothing(chromium, [all.example, `${all.example}#/agent/researcher`, all.nothing, all.hostile]);
  });
}

interface Pages {
  readonly example: string;
  readonly nothing: string;
  readonly hostile: string;
}

function writtenPages(suite: Suite): Pages {
  const write = pageWriter(suite);
  const radii = new BlastRadii(estateOf(filesOf(synthesize())));
  const written = (name: string, radius: BlastRadius): string => write(name, htmlRadius(radius));
  return {
    example: written("example", radii.of("support-triage") as BlastRadius),
    nothing: written("nothing", radii.of("press-writer") as BlastRadius),
    hostile: written("hostile", hostileRadius()),
  };
}

function hostileRadius(): BlastRadius {
  const [root = ""] = HOSTILE;
  return {
    of: { name: root, kind: "agent", state: "active", calledBy: [{ start: "delegation", from: [...HOSTILE] }] },
    identities: [{ name: root, kind: "agent", how: "itself", hop: 0, route: [] }],
    reached: HOSTILE.map((text) => ({
      kind: "action",
      target: text,
      does: text,
      by: root,
      as: text,
      hop: 0,
      route: [],
      gate: "none",
      bounds: [text],
      isHigh: true,
      isOutward: true,
      writes: true,
      lasting: { seconds: undefined, because: text },
      source: { address: text },
    })),
    unknown: HOSTILE.map((text) => ({ what: text, why: text, source: { address: text } })),
  };
}
