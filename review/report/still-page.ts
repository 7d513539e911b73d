import { escapedHtml } from "../../domain/escaped-html";
import { hashOf, pagePart } from "./page-of";

export interface StillPage {
  readonly title: string;
  /** CSS of this page alone */
  readonly style?: string;
  /** HTML of header and main, in which text of strangers went through `escapedHtml` */
  readonly body: string;
}

/** One page that needs nothing else, not even a script: nothing runs in it, and nothing is loaded. */
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
