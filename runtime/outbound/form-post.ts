import type { JsonObject } from "../jose/json";
import { OutboundFailure } from "./credential";
import { httpsPost } from "./https-post";

/** Bytes of an answer */
const ANSWER_BYTES = 65_536;
/** RFC 6749 section 5.2, RFC 8693 section 2.2.2: anything else might repeat what was sent */
const ERRORS: readonly unknown[] = [
  "invalid_client",
  "invalid_grant",
  "invalid_request",
  "invalid_scope",
  "invalid_target",
  "unauthorized_client",
  "unsupported_grant_type",
];

export interface FormPost {
  /** https address of the configuration */
  readonly address: string;
  readonly form: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Sends a form and gives the JSON object that is answered */
export type PostForm = (what: FormPost) => Promise<JsonObject>;

/**
 * Posts forms over https. Redirects are not followed; an answer that is too large or of another type is an error.
 *
 * @param ca PEM of the authorities to trust; Node's by default
 */
export function formPost(ca?: string): PostForm {
  const post = httpsPost({ ca, answerBytes: ANSWER_BYTES });
  return async ({ form, ...what }) => {
    const body = new URLSearchParams(form).toString();
    const { status, json } = await post({ ...what, type: "application/x-www-form-urlencoded", body });
    const from = new URL(what.address).origin;
    if (status !== 200) {
      const error = ERRORS.find((known) => known === json?.error);
      const said = typeof error === "string" ? ` and ${error}` : "";
      throw new OutboundFailure(`${from} answered with status ${status}${said}`);
    }
    if (json === undefined) throw new OutboundFailure(`${from} must answer a JSON object of type application/json`);
    return json;
  };
}
