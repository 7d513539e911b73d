import { html as markup } from "hono/html";
import type { Html } from "./layout";

export interface Told {
  readonly title: string;
  /** What is so */
  readonly what: string;
  readonly link: { readonly to: string; readonly text: string } | undefined;
}

/** A page that says one thing */
export function toldView({ title, what, link }: Told): Html {
  return markup`<h1>${title}</h1>
    <p>${what}</p>
    ${link === undefined ? "" : markup`<p><a class="button" href="${link.to}">${link.text}</a></p>`}`;
}
