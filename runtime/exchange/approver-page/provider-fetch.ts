import { request as httpsRequest } from "node:https";
import type { CustomFetch } from "openid-client";

const ANSWER_MILLISECONDS = 5_000;
const ANSWER_BYTES = 65_536;

/**
 * For openid-client: Node's own fetch trusts no authority of one program alone. It follows no redirect, and stops where the answer is too
 * slow or too long.
 *
 * @param ca PEM of the authorities to trust; those that Node trusts where it is left out
 */
export function fetchTrusting(ca?: string): CustomFetch {
  return (url, { method, headers, body }) =>
    new Promise((resolve, reject) => {
      const sent = typeof body === "string" || body instanceof URLSearchParams ? body.toString() : "";
      const length = { "content-length": `${Buffer.byteLength(sent)}` };
      const signal = AbortSignal.timeout(ANSWER_MILLISECONDS);
      const options = {
        method,
        agent: false,
        headers: { ...headers, ...length },
        signal,
        ...(ca !== undefined && { ca }),
      };
      const asking = httpsRequest(url, options, (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (part: string) => {
          text += part;
          if (text.length > ANSWER_BYTES) answer.destroy(new Error("the issuer's answer is too long"));
        });
        answer.once("error", reject);
        answer.once("end", () => {
          const type = answer.headers["content-type"] ?? "";
          resolve(new Response(text, { status: answer.statusCode ?? 500, headers: { "content-type": type } }));
        });
      });
      asking.once("error", reject);
      asking.end(sent);
    });
}
