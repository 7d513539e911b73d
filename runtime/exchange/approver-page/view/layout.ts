import { html as markup, raw } from "hono/html";
import { textParts } from "../../../approval/visible-text";
import { STYLE } from "./style";

/** Escaped: it contains no markup of strangers */
export type Html = ReturnType<typeof markup>;

/** Who sees the page */
export interface Reader {
  /** How the person is called in the corner */
  readonly name: string;
  /** For the form that signs out */
  readonly token: string;
}

export interface Layout {
  readonly title: string;
  /** Undefined if no person is signed in */
  readonly reader: Reader | undefined;
  readonly body: Html;
}

const STYLE_ELEMENT = raw(`<style>${STYLE}</style>`);

/** One self-contained page, without scripts */
export function layout({ title, reader, body }: Layout): Html {
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${plain(title)} · Ambit approvals</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header>
          <strong>Ambit approvals</strong>
          ${reader && signedIn(reader)}
        </header>
        <main id="main">${body}</main>
      </body>
    </html>`;
}

function signedIn({ name, token }: Reader): Html {
  return markup`<nav aria-label="Requests"><a href="/requests">Open</a><a href="/history">History</a></nav>
    <span class="who">${shown(name)}</span>
    <form method="post" action="/sign-out">
      <input type="hidden" name="token" value="${token}" /><button class="second" type="submit">Sign out</button>
    </form>`;
}

/** Untrusted text with its hidden characters made visible */
export function shown(text: string): Html {
  const parts = textParts(text).map((part) =>
    "text" in part
      ? markup`${part.text}`
      : markup`<span class="unseen">${part.times === 1 ? part.unseen : `${part.unseen} × ${part.times}`}</span>${part.breaks ? "\n" : ""}`,
  );
  return markup`<bdi>${parts}</bdi>`;
}

/** The same where markup is not possible, as in a title */
export function plain(text: string): string {
  return textParts(text)
    .map((part) => ("text" in part ? part.text : `[${part.unseen}]`))
    .join("");
}
