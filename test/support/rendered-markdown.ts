import MarkdownIt, { type Token } from "markdown-it";

/** Raw HTML, and every bare address a link: as lenient as any place that shows a comment */
const markdown = new MarkdownIt({ html: true, linkify: true });

/** What a comment becomes where it is shown */
export interface Rendered {
  /** Kinds of its parts, such as `table_open` or `link_open`, each once, sorted */
  readonly kinds: readonly string[];
  /** Raw HTML, as written */
  readonly html: readonly string[];
  /** What stands outside of code: where a mention or an address would mean something */
  readonly words: string;
  /** What stands in code */
  readonly code: readonly string[];
  /** Cells of each row of each table */
  readonly rows: readonly number[];
}

export function renderedMarkdown(text: string): Rendered {
  const tokens = markdown.parse(text, {}).flatMap(flat);
  const of = (kind: string) => tokens.filter(({ type }) => type === kind).map(({ content }) => content);
  return {
    kinds: [...new Set(tokens.map(({ type }) => type))].sort(),
    html: [...of("html_block"), ...of("html_inline")].map((html) => html.trim()),
    words: of("text").join("\n"),
    code: of("code_inline"),
    rows: rowsOf(tokens),
  };
}

function flat(token: Token): readonly Token[] {
  return [token, ...(token.children ?? []).flatMap(flat)];
}

function rowsOf(tokens: readonly Token[]): readonly number[] {
  const rows: number[] = [];
  for (const { type } of tokens) {
    if (type === "tr_open") rows.push(0);
    if (type === "td_open" || type === "th_open") rows[rows.length - 1] = (rows[rows.length - 1] as number) + 1;
  }
  return rows;
}
