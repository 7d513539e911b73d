/** What a developer can paste into a shell */
export interface ReadyMadeCommand {
  /** `<agent>.<task>`, or what it shows */
  readonly name: string;
  readonly what: string;
  readonly command: string;
}
