/** One tool, or one of its actions, as it is spoken of */
export interface About {
  /** `search` or `search.query` */
  readonly name: string;
  /** ` through researcher.lookup`, or nothing */
  readonly through: string;
  readonly at: string;
}
