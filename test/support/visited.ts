import { type IncomingHttpHeaders, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

export interface Visit {
  /** @default "GET" */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM of the authority that vouches for the server */
  readonly ca?: string;
}

export interface Visited {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Where it leads; empty where it leads nowhere */
  readonly to: string;
}

/** One request as it is written here: no header is a browser's or a library's own, and no redirect is followed. */
export function visited(url: string, { method = "GET", headers = {}, body, ca }: Visit = {}): Promise<Visited> {
  const options = { method, headers, agent: false as const };
  return new Promise((resolve, reject) => {
    const sent = url.startsWith("https:") ? httpsRequest(url, { ...options, ca }) : httpRequest(url, options);
    sent.once("response", (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (part: string) => (text += part));
      answer.once("error", reject);
      answer.once("end", () => {
        const { statusCode: status = 0, headers: answered } = answer;
        resolve({ status, headers: answered, text, to: answered.location ?? "" });
      });
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

export interface SignedIn extends Visited {
  /** By which the issuer knows the browser again */
  readonly cookie: string;
}

/**
 * Fill in the issuer's form, as a browser sends it: then it leads on, with the code.
 *
 * @param at address that leads there
 * @param groups of a person who decides
 */
export async function signedInAs(user: string, at: string, groups: readonly string[] = []): Promise<SignedIn> {
  const page = await visited(at);
  const request = /name="request" value="([^"]+)"/.exec(page.text)?.[1] ?? "";
  const { origin } = new URL(at);
  const chosen = groups.map((group): [string, string] => ["group", group]);
  const answer = await visited(`${origin}/sign-in`, {
    method: "POST",
    headers: { origin, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams([["request", request], ["user", ""], ["other", user], ...chosen]).toString(),
  });
  return { ...answer, cookie: answer.headers["set-cookie"]?.[0]?.split(";", 1)[0] ?? "" };
}
