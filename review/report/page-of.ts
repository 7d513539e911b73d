import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { jsonFile } from "./review-json";

export interface Page {
  /** HTML with the places `<!-- policy -->`, `<!-- style -->`, `<!-- data -->` and `<!-- script -->` */
  readonly skeleton: string;
  /** CSS of this page alone */
  readonly style?: string;
  /** JavaScript of this page alone: it reads `parts.data`, and draws with `parts` and `graph`. */
  readonly script: string;
  /** Data that it shows. Text with invisible characters must be escaped with `printable`. */
  readonly data: unknown;
}

/** Text of a file in `page/` */
export function pagePart(name: string): string {
  return readFileSync(join(__dirname, "page", name), "utf8");
}

/**
 * A self-contained page.
 *
 * It loads nothing, runs only its own script, and passes all untrusted text to that script as data.
 */
export function pageOf({ skeleton, style = "", script, data }: Page): string {
  const css = pagePart("look.css") + pagePart("graph.css") + style;
  const js = pagePart("parts.js") + pagePart("graph.js") + script;
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(js)}'`,
    `style-src '${hashOf(css)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const places: Readonly<Record<string, string>> = {
    policy: `<meta http-equiv="Content-Security-Policy" content="${policy}" />`,
    style: `<style>${css}</style>`,
    data: `<script type="application/json" id="data">${harmless(jsonFile(data))}</script>`,
    script: `<script>${js}</script>`,
  };
  return skeleton.replace(/<!-- (policy|style|data|script) -->/g, (_, name: string) => places[name] as string);
}

/** Hash of a script or style for a content security policy */
export function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** JSON that can neither end the script element nor start a comment in it */
function harmless(json: string): string {
  return json.replaceAll("<", "\\u003c");
}
