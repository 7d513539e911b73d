import type { Suite } from "../harness/suite";
import { startBrowser } from "./browser";
import { pageChecks } from "./page-checks";
import { writtenPages } from "./pages";
import { radiusChecks } from "./radius-checks";
import { traceChecks } from "./trace-checks";

/** The pages of a review, of a blast radius and of a transaction in a real browser */
export function reviewSuite(suite: Suite): void {
  const pages = suite.check("pages of reviews are written", [], () => writtenPages(suite));
  const browser = suite.check("Chromium starts", [], async () => {
    const started = await startBrowser();
    suite.afterwards(() => started.close());
    return started;
  });
  pageChecks(suite, browser, pages);
  radiusChecks(suite, browser);
  traceChecks(suite, browser);
}
