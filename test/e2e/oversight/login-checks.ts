import { deepStrictEqual as equal } from "node:assert";
import { claimsOf } from "../../../cli/login/kept-token";
import { loopbackLogin } from "../../../cli/login/loopback";
import { OpenIdProvider } from "../../../runtime/exchange/approver-page/identity-provider";
import type { Check, Suite } from "../harness/suite";
import { CLIENT } from "./keycloak-realm";
import type { OversightWorld } from "./oversight-world";

/** A person gets an ID token for the terminal, which the exchange takes. */
export function loginChecks(suite: Suite, world: Check<OversightWorld>): void {
  suite.check(
    "login: a browser at Keycloak comes back to the loopback with a token that the exchange takes",
    [world],
    async ([at]) => {
      const path = await at.asks({ user: "terminal" });
      const bob = await at.approver("bob");
      let closing: Promise<string> | undefined;
      const inBrowser = async (url: string): Promise<string> => {
        await bob.page.goto(url);
        await bob.logIn("http://127.0.0.1:*/signed-in?*");
        return bob.page.locator("body").innerText();
      };
      const token = await loopbackLogin({
        provider: new OpenIdProvider(at.ca),
        issuer: at.keycloak.issuer,
        clientId: CLIENT,
        recentLoginSeconds: 900,
        milliseconds: 60_000,
        visit: (url) => void (closing = inBrowser(url)),
      });
      equal((await closing)?.trim(), "Close this window, and go back to the terminal.");
      equal(claimsOf(token).email, "bob@acme.example");
      const post = at.gateway.as("payer").fetch(at.gateway.exchange, "jwt-svid");
      const answer = await post(`${at.gateway.issuer}/approvals/list`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ of: "open" }),
      });
      const { requests } = (await answer.json()) as { readonly requests: readonly { readonly id: string }[] };
      equal([answer.status, requests.some(({ id }) => path.endsWith(id))], [200, true]);
    },
  );
}
