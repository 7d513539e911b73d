import { escapedHtml } from "../../domain/escaped-html";
import { hashOf, pagePart } from "./page-of";

export interface StillPage {
  readonly title: string;
  /** CSS of this page alone */
  readonly style?: string;
  /** HTML of header and main; untrusted text in it is escaped by `escapedHtml` */
  readonly body: string;
}

/** A self-contained page without a script: it runs nothing and loads nothing. */
export function stillPage({ title, style = "", body }: StillPage): string {
  const css = pagePart("look.css") + style;
  const policy = `default-src 'none'; style-src '${hashOf(css)}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapedHtml(title)}</title>
<style>${css}</style>
</head>
<body>
${body}
</body>
</html>
`;
}
