/** Why the page does not do what was asked */
export type PageCode =
  | "page.form"
  | "page.host"
  | "page.login"
  | "page.no-request"
  | "page.none"
  | "page.origin"
  | "page.signed-out"
  | "page.stale-login"
  | "page.unavailable";

export interface Way {
  readonly to: string;
  readonly text: string;
}

/** Told to the person in full, with the way on */
export class PageRefusal extends Error {
  public override readonly name = "PageRefusal";

  constructor(
    public readonly code: PageCode,
    public readonly status: number,
    public readonly title: string,
    what: string,
    public readonly link: Way | undefined = { to: "/requests", text: "Open requests" },
    options?: ErrorOptions,
  ) {
    super(what, options);
  }
}
