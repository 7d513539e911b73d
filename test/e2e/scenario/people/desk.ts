import { html } from "hono/html";
import type { Arrived, Lasting } from "../../cluster/tools/tools";
import type { UserGets } from "../../cluster/user";
import { WAYS } from "../fleet/parcel-desk";
import { ARTICLE } from "../credentials";
import type { Users } from "../users";

/** Of the organisation's own page for its support */
export const DESK_HOST = "desk.acme.example";
export const DESK_ORIGIN = `https://${DESK_HOST}`;
const USER = "hana";

/**
 * The organisation's support desk, the client `support-desk` of the login: a page with a button. Whose browser shows it is taken to be
 * its only user, with a token from the login; it asks the agent by the gateway's address for users.
 */
export class Desk {
  private users: Users | undefined;

  /** For what it asks agents by, once there is a gateway */
  public opens(users: Users): void {
    this.users = users;
  }

  public readonly answer = (arrived: Arrived): Lasting => {
    const { method, path, body } = arrived;
    return (response) => {
      const page = method === "POST" && path === "/settle" ? this.settled(new URLSearchParams(body)) : formPage();
      Promise.resolve(page).then(
        (text) => response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(String(text)),
        (error: Error) => response.writeHead(500).end(error.message),
      );
    };
  };

  private async settled(form: URLSearchParams): Promise<string> {
    if (this.users === undefined) throw new Error("the desk is not open yet");
    const body = { parcel: form.get("parcel"), amount: Number(form.get("amount")), article: ARTICLE };
    return resultPage(await this.users.ask({ ...WAYS.settle, user: USER, body }));
  }
}

function formPage(): Promise<string> | string {
  return pageOf(
    html`<form method="post" action="/settle">
      <p>Signed in as ${USER}</p>
      <p>
        <label>Parcel <input name="parcel" value="PX-2002" /></label>
      </p>
      <p>
        <label>Amount in euros <input name="amount" value="18.5" /></label>
      </p>
      <button>Settle the claim</button>
    </form>`,
  );
}

function resultPage({ status, text, run }: UserGets): Promise<string> | string {
  return pageOf(
    html`<p>Answer ${status}</p>
      <pre id="answer">${text}</pre>
      <p>Run <code id="run">${run ?? ""}</code></p>`,
  );
}

function pageOf(content: ReturnType<typeof html>): Promise<string> | string {
  return html`<!doctype html>
    <html lang="en">
      <title>Support desk</title>
      <h1>Support desk</h1>
      ${content}
    </html>` as unknown as Promise<string> | string;
}
